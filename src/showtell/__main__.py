from showtell.cli.main import main

main()
