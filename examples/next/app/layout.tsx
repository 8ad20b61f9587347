import { style } from '@single-state-example/pages'
import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { Bar } from '../bar.tsx'

export const metadata: Metadata = { title: 'Acme Workspace' }

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body className="workspace">
        <style>{style}</style>
        <a className="skip" href="#main">
          Skip to the content
        </a>
        <Bar />
        {children}
      </body>
    </html>
  )
}
