"""The journal: exchanges and charging sessions on this computer's disk."""
