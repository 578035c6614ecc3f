"""Makes releases, and compares the public interface with the last one."""
