/**
 * Keys that are personal data by their whole name, compared without case, hyphen and underscore.
 * A session document holds identifiers and decisions; who a person is stays with the identity provider.
 */
export const personalDataNames: readonly string[] = [
  ...['address', 'age', 'bankaccount', 'birthdate', 'birthday', 'birthplace', 'cardnumber', 'creditcard', 'creditcardnumber'],
  ...['dateofbirth', 'displayname', 'dob', 'driverslicense', 'drivinglicence', 'email', 'emailaddress', 'ethnicity'],
  ...['familyname', 'firstname', 'fullname', 'gender', 'givenname', 'homeaddress', 'iban', 'ip', 'ipaddress', 'lastname'],
  ...['maidenname', 'mail', 'middlename', 'mobile', 'mobilenumber', 'mobilephone', 'nationalid', 'nationality', 'nickname'],
  ...['passport', 'passportnumber', 'password', 'phone', 'phonenumber', 'photo', 'picture', 'placeofbirth'],
  ...['postaladdress', 'postalcode', 'postcode', 'preferredusername', 'religion', 'sex', 'socialsecuritynumber', 'ssn'],
  ...['streetaddress', 'surname', 'taxid', 'telephone', 'username', 'zipcode'],
]

const names = new Set(personalDataNames)

/** Whether a key is personal data by its whole name. */
export function isPersonal(key: string): boolean {
  return names.has(key.toLowerCase().replaceAll(/[-_]/g, ''))
}

/** The keys that a JSON Schema gives its objects, at any depth, that are personal data by their name. */
export function personalDataIn(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(personalDataIn)
  if (typeof schema !== 'object' || schema === null) return []
  return [...keysNamedBy(schema).filter(isPersonal), ...Object.values(schema).flatMap(personalDataIn)]
}

/** The keys of an object, and those of a record whose keys are an enum. */
function keysNamedBy(schema: { readonly properties?: unknown; readonly propertyNames?: unknown }): string[] {
  const { properties, propertyNames } = schema
  const { enum: members } = (propertyNames ?? {}) as { enum?: unknown }
  return [
    ...(typeof properties === 'object' && properties !== null ? Object.keys(properties) : []),
    ...(Array.isArray(members) ? members.filter((member) => typeof member === 'string') : []),
  ]
}
