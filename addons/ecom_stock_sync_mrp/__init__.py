from . import models


def post_init_hook(env):
    """Take apart the kits that are there already."""
    env["ecom.kit.component"]._refresh()
