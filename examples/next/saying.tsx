/** A page that only says something. It is part of the browser's script too: nothing in it needs a server. */
export function Saying({ title, text, button }: { title: string; text: string; button: string }) {
  return (
    <main id="main" className="narrow">
      <header>
        <h1>{title}</h1>
      </header>
      <section className="card">
        <p role="alert">{text}</p>
        <p>
          <a className="button" href="/">
            {button}
          </a>
        </p>
      </section>
    </main>
  )
}
