#!/bin/sh
# First steps with SCIM: looks around, adds a person and a group, changes them, and clears up after itself.
#   HUB=https://localhost:5001 TOKEN=the-provisioning-token sh first-steps.sh
# Add CURL_CA_BUNDLE=certs/ca.crt for the demo's own certificate. Needs curl and nothing else.
set -eu
: "${HUB:?the address of the hub}" "${TOKEN:?a provisioning token of the account}"
NAME="first.steps.$$@example.com"

scim() { # method, path, body
    method=$1 path=$2 body=${3-}
    printf '\n%s %s\n' "$method" "$path" >&2
    set -- -sS -w '\n' --fail-with-body -X "$method" -H "Authorization: Bearer $TOKEN" -H 'Accept: application/scim+json'
    if [ -n "$body" ]; then set -- "$@" -H 'Content-Type: application/scim+json' --data "$body"; fi
    curl "$@" "$HUB/scim/v2$path"
}

id_of() { sed 's/.*"id":"\([^"]*\)".*/\1/'; }

scim GET /ServiceProviderConfig
scim GET /Roles
scim GET /Entitlements

user=$(scim POST /Users '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"'"$NAME"'","active":false,"name":{"givenName":"First","familyName":"Steps"}}' | id_of)
echo "made the User $user"
scim GET "/Users?filter=userName%20eq%20%22$NAME%22&attributes=userName,active"
scim PATCH "/Users/$user" '{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"title","value":"Teacher"}]}'

group=$(scim POST /Groups '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"First steps '"$$"'","members":[{"value":"'"$user"'"}]}' | id_of)
echo "made the Group $group"
scim GET "/Users/$user?attributes=groups"

scim DELETE "/Groups/$group"
scim DELETE "/Users/$user"
printf '\nDone; what was made is gone again.\n'
