"""The routes, by whom they are for."""

from web.routes import home, signin, standing, tasks

ROUTERS = (signin.router, home.router, standing.router, tasks.router)
