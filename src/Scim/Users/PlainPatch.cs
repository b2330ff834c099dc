using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol.Patch;

namespace IdentityHub.Scim.Users;

/// <summary>Tells the PATCH that HR systems send all day, a few simple values: <c>active</c>, a name, a department. It selects nothing and sets no password.</summary>
internal static class PlainPatch
{
    private const int MaxValues = 8;

    public static bool Is(PatchRequest request)
    {
        var values = 0;
        foreach (var operation in request.Operations)
        {
            if (operation.Path is { } path)
            {
                values++;
                if (!IsPlain(path, operation.Value))
                {
                    return false;
                }
            }
            else
            {
                foreach (var (name, value) in operation.Value as JsonObject ?? [])
                {
                    values++;
                    if (!IsPlain(name, value))
                    {
                        return false;
                    }
                }
            }
        }

        return values <= MaxValues;
    }

    private static bool IsPlain(string name, JsonNode? value) =>
        value is null or JsonValue && !name.Contains('[', StringComparison.Ordinal) && !name.Contains("password", StringComparison.OrdinalIgnoreCase);
}
