"""What pytest finds of simkit by itself, under the name `simkit`: nothing but where the plugin is.

With the plugin itself in this place, `-p simkit.pytest_plugin` would name it a second time, which pytest refuses.
"""

pytest_plugins = ("simkit.pytest_plugin",)
