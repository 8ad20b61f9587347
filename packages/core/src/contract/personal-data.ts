/**
 * Keys that are personal data by their whole name, compared without case, hyphen and underscore.
 * A session document holds identifiers and decisions; who a person is stays with the identity provider.
 */
export const personalDataNames: readonly string[] = [
  'address',
  'age',
  'birthdate',
  'birthday',
  'creditcard',
  'dateofbirth',
  'dob',
  'email',
  'emailaddress',
  'ethnicity',
  'familyname',
  'firstname',
  'fullname',
  'gender',
  'givenname',
  'homeaddress',
  'iban',
  'ipaddress',
  'lastname',
  'maidenname',
  'middlename',
  'mobile',
  'mobilenumber',
  'nationality',
  'nationalid',
  'nickname',
  'passport',
  'passportnumber',
  'password',
  'phone',
  'phonenumber',
  'photo',
  'picture',
  'postaladdress',
  'postalcode',
  'preferredusername',
  'religion',
  'socialsecuritynumber',
  'ssn',
  'streetaddress',
  'surname',
  'taxid',
  'telephone',
  'zipcode',
]

const names = new Set(personalDataNames)

/** The property names of a JSON Schema, at any depth, that are personal data by their name. */
export function personalDataIn(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(personalDataIn)
  if (typeof schema !== 'object' || schema === null) return []
  return Object.entries(schema).flatMap(([keyword, value]) => {
    const own = keyword === 'properties' && typeof value === 'object' && value !== null ? Object.keys(value).filter(isPersonal) : []
    return [...own, ...personalDataIn(value)]
  })
}

function isPersonal(key: string): boolean {
  return names.has(key.toLowerCase().replaceAll(/[-_]/g, ''))
}
