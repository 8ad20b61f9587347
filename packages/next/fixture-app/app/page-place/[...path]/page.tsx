import { answerTo } from '../../../answers.ts'

export default async function Page({ params }: { params: Promise<{ path: string[] }> }) {
  const { path } = await params
  return <pre id="answer">{JSON.stringify(await answerTo(`GET /${path.join('/')}`))}</pre>
}
