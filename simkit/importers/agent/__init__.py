"""Agents: MCP servers, permissions and tool lists, as their clients keep them."""
