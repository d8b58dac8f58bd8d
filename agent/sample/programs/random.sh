# Sourced by the other programs: random BELOW sets $number to 0 <= number < BELOW.
random() {
  number=$(od -An -N2 -tu2 /dev/urandom)
  number=$((number % $1))
}
