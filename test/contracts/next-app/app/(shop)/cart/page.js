export default function Cart() {
  return "cart";
}
