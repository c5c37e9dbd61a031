"""The routes, by whom they are for."""

from web.routes import home, signin

ROUTERS = (signin.router, home.router)
