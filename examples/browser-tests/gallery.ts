import type { Page } from 'playwright-core'
import { secondFactorAcr } from '../idp/second-factor.ts'
import type { Demonstration } from '../story/processes/demonstration.ts'
import { startDevelopmentGateway } from './development-gateway.ts'
import type { Scene } from './scene.ts'
import { arrives, press, send } from './tab.ts'
import type { Visitor } from './visitor.ts'

type Origins = Demonstration['origins']

/** A page of the demonstration, and how a person gets to see it. */
export interface Exhibit {
  readonly name: string
  readonly open: (page: Page, origins: Origins) => Promise<unknown>
}

type Place = Exclude<keyof Origins, 'idp'>

/** Pages that are seen by the same person under the same circumstances. */
export interface Room {
  readonly name: string
  readonly exhibits: readonly Exhibit[]
  /** Brings the circumstances about; what it answers ends them. */
  readonly enter: (scene: Scene, visitor: Visitor) => Promise<() => Promise<void>>
}

const at =
  (place: Place, path = '/'): Exhibit['open'] =>
  (page, origins) =>
    page.goto(`${origins[place]}${path}`)

/** Opens an application, and sends a form whose fields say something else than the page had meant. */
const afterChange =
  (place: Place, change: (page: Page) => Promise<unknown>, button: string): Exhibit['open'] =>
  async (page, origins) => {
    await page.goto(`${origins[place]}/`)
    await change(page)
    await send(page, button)
  }

const setValue = (element: Element, value: string) => element.setAttribute('value', value)
const fromElsewhere = (page: Page) => page.locator('input[name=from]').evaluate(setValue, 'initech')
const toNowhere = (page: Page) => page.locator('select[name=tenant] option').first().evaluate(setValue, '')

const forAnybody: readonly Exhibit[] = [
  { name: 'identity, sign in', open: at('portal') },
  {
    name: 'identity, wrong password',
    open: async (page, origins) => {
      await page.goto(`${origins.portal}/`)
      await page.getByLabel('User name').fill('bob')
      await page.getByLabel('Password').fill('wrong')
      await send(page, 'Sign in')
    },
  },
  {
    name: 'gateway, sign-in cancelled',
    open: async (page, origins) => {
      await page.goto(`${origins.portal}/`)
      await press(page, 'link', 'Cancel')
      await arrives(page, 'You are not signed in')
    },
  },
  { name: 'gateway, home', open: at('gateway') },
  { name: 'gateway, sign out', open: at('gateway', '/logout') },
  { name: 'gateway, broken link', open: at('gateway', '/login?return_to=https://elsewhere.example/') },
  { name: 'gateway, sign-in begun elsewhere', open: at('gateway', '/callback?state=none') },
  { name: 'gateway, no such page', open: at('gateway', '/nowhere') },
  { name: 'portal, signed out', open: at('portal', '/signed-out') },
]

const forMembers: readonly Exhibit[] = [
  { name: 'portal, home', open: at('portal') },
  { name: 'portal, sign out', open: at('portal', '/sign-out') },
  { name: 'portal, no such page', open: at('portal', '/nowhere') },
  { name: 'portal, conflict', open: afterChange('portal', fromElsewhere, 'Switch') },
  { name: 'portal, mistake', open: afterChange('portal', toNowhere, 'Switch') },
  { name: 'billing, home', open: at('billing') },
  { name: 'billing, invoices', open: at('billing', '/tenants/acme/invoices') },
  { name: 'billing, usage', open: at('billing', '/usage') },
  { name: 'billing, refused', open: afterChange('billing', async () => undefined, 'Make me pro') },
  { name: 'billing, conflict', open: at('billing', '/tenants/initech/invoices') },
  { name: 'billing, no such page', open: at('billing', '/nowhere') },
  { name: 'workspace, home', open: at('workspace') },
  {
    name: 'workspace, conflict',
    open: async (page, origins) => {
      await page.goto(`${origins.workspace}/`)
      await fromElsewhere(page)
      await press(page, 'button', 'Switch')
      await arrives(page, 'Something has changed meanwhile')
    },
  },
  { name: 'workspace, no such page', open: at('workspace', '/nowhere') },
  { name: 'administration, not allowed', open: at('admin') },
  {
    name: 'portal, form of somebody who is signed out',
    open: afterChange('portal', (page) => page.context().clearCookies({ name: '__Secure-session' }), 'Save'),
  },
  {
    name: 'identity, sign out',
    open: async (page, origins) => {
      await page.goto(`${origins.gateway}/logout`)
      await press(page, 'button', 'Sign out')
      await arrives(page, 'Sign out here too?')
    },
  },
]

/** Asks for more than a password. */
const stepUp = `/login?acr_values=${secondFactorAcr}`

const forAdministrators: readonly Exhibit[] = [
  { name: 'administration, home', open: at('admin') },
  { name: 'administration, sessions of a person', open: at('admin', '/?subject=ada') },
  { name: 'identity, code', open: at('gateway', stepUp) },
  {
    name: 'identity, wrong code',
    open: async (page, origins) => {
      await page.goto(`${origins.gateway}${stepUp}`)
      await page.getByLabel('Code').fill('000000')
      await send(page, 'Go on')
    },
  },
]

const withoutGateway: readonly Exhibit[] = [
  { name: 'portal, unavailable', open: at('portal') },
  { name: 'billing, unavailable', open: at('billing') },
  { name: 'workspace, unavailable', open: at('workspace') },
]

const withoutProvider: readonly Exhibit[] = [{ name: 'gateway, provider away', open: at('gateway', '/login') }]

const nothing = async () => undefined

/** Every page of the demonstration, and the gateway's sign-in page of development. */
export const rooms: readonly Room[] = [
  { name: 'anybody', exhibits: forAnybody, enter: async () => nothing },
  { name: 'a member', exhibits: forMembers, enter: (_scene, { signIn }) => signIn('bob').then(() => nothing) },
  { name: 'an administrator', exhibits: forAdministrators, enter: (_scene, { signIn }) => signIn('ada', 'admin').then(() => nothing) },
  {
    name: 'anybody, while the provider is away',
    exhibits: withoutProvider,
    enter: async ({ parts }) => {
      await parts.idp.stop()
      return () => parts.idp.start()
    },
  },
  {
    name: 'a member, while the gateway is away',
    exhibits: withoutGateway,
    enter: async ({ parts }, { signIn }) => {
      await signIn('bob')
      await parts.gateway.stop()
      return () => parts.gateway.start()
    },
  },
  {
    name: 'a developer',
    exhibits: [{ name: 'gateway, people of the configuration', open: (page) => page.reload() }],
    enter: async (_scene, { page }) => {
      const { origin, close } = await startDevelopmentGateway()
      await page.goto(`${origin}/login`)
      return close
    },
  },
]
