export default function Forbidden() {
  return <h1>This page is not open to you</h1>
}
