module visit

go 1.18
