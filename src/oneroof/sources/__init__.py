"""The register of sources, and which facts rest on which."""
