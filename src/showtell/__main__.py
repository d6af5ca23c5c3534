from showtell.cli import main

main()
