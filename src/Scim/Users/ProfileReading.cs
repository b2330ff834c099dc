using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;
using IdentityHub.Scim.Pipeline;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Users;

/// <summary>What of a User resource the account keeps on file.</summary>
internal static class ProfileReading
{
    /// <summary>Attributes that the hub itself decides, or keeps elsewhere. Of roles and entitlements what a client wrote beside their values is kept.</summary>
    private static readonly string[] NotOnFile = ["schemas", "id", "externalId", "meta", "userName", "active", "password", "groups", UserSchemas.AccountId];

    /// <summary>The profile in a desired resource. The manager is kept by id alone; the rest of it is looked up when it is shown.</summary>
    public static MemberProfiles.Profile Of(JsonObject desired)
    {
        var attributes = new JsonObject();
        foreach (var (name, value) in desired)
        {
            if (!NotOnFile.Contains(name) && value is not null)
            {
                attributes[name] = value.DeepClone();
            }
        }

        KeepDescribed(attributes, "roles", role => role.Count == (role["primary"] is null ? 1 : 2));
        KeepDescribed(attributes, "entitlements", entitlement => MemberFacts.IsSeat(entitlement) && entitlement.All(part => part.Key is "value" or "type"));
        if (attributes[UserSchemas.EnterpriseId] is JsonObject enterprise && enterprise["manager"] is JsonObject manager)
        {
            KeepIdAlone(enterprise, manager);
            if (enterprise.Count == 0)
            {
                attributes.Remove(UserSchemas.EnterpriseId);
            }
        }

        return new(desired["userName"]?.GetValue<string>() ?? "", desired["externalId"]?.GetValue<string>(), attributes);
    }

    /// <summary>Whether the manager is a member of the account. Where the account takes unknown references, one who is not is dropped.</summary>
    public static ScimError? CheckManager(HubReader reader, ScimCall call, MemberProfiles.Profile profile)
    {
        if (profile.Attributes[UserSchemas.EnterpriseId] is not JsonObject enterprise || enterprise["manager"]?["value"]?.GetValue<string>() is not { } id
            || MemberDirectory.NamesOf(reader, call.AccountId, [id]).Count == 1)
        {
            return null;
        }

        if (!call.Settings.AcceptUnknownReferences)
        {
            return ScimError.InvalidValue($"The manager \"{id}\" is no member of this account.");
        }

        enterprise.Remove("manager");
        if (enterprise.Count == 0)
        {
            profile.Attributes.Remove(UserSchemas.EnterpriseId);
        }

        return null;
    }

    /// <summary>Drops the elements that say nothing but what the hub says itself.</summary>
    private static void KeepDescribed(JsonObject attributes, string name, Predicate<JsonObject> isPlain)
    {
        if (attributes[name] is not JsonArray elements)
        {
            return;
        }

        foreach (var plain in elements.OfType<JsonObject>().Where(element => isPlain(element)).ToList())
        {
            elements.Remove(plain);
        }

        if (elements.Count == 0)
        {
            attributes.Remove(name);
        }
    }

    private static void KeepIdAlone(JsonObject enterprise, JsonObject manager)
    {
        var id = manager["value"]?.GetValue<string>() ?? (manager["$ref"]?.GetValue<string>() is { } address ? address[(address.LastIndexOf('/') + 1)..] : null);
        if (string.IsNullOrEmpty(id))
        {
            enterprise.Remove("manager");
        }
        else
        {
            enterprise["manager"] = new JsonObject { ["value"] = id };
        }
    }
}
