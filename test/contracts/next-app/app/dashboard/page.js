export default function Dashboard() {
  return "dashboard";
}
