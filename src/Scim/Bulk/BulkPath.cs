namespace IdentityHub.Scim.Bulk;

/// <summary>What an operation of a Bulk request is about (RFC 7644 §3.7).</summary>
/// <param name="IsGroup">A Group; otherwise a User.</param>
/// <param name="Id">The resource's id, or <c>bulkId:</c> and the bulkId of one that the request makes. Null for the endpoint itself.</param>
internal sealed record BulkPath(bool IsGroup, string? Id)
{
    /// <summary>The bulkId, where the resource is named by one.</summary>
    public string? Reference => Id is not null && Id.StartsWith(BulkReferences.Prefix, StringComparison.Ordinal) ? Id[BulkReferences.Prefix.Length..] : null;

    public string ResourceType => IsGroup ? "Group" : "User";

    /// <summary>Reads a path: relative to the service provider's root, as RFC 7644 says, with a slash before it or none.</summary>
    /// <remarks>The whole address is taken too, as clients that keep <c>meta.location</c> send it.</remarks>
    /// <returns>Null for what is neither Users nor Groups.</returns>
    public static BulkPath? Parse(string path, ScimOptions options)
    {
        var rest = Without(Without(path, options.BaseAddress).TrimStart('/'), ScimOptions.Path[1..] + "/");
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var (type, id) = slash < 0 ? (WithoutQuery(rest), "") : (rest[..slash], rest[(slash + 1)..]);
        bool? isGroup = type.Equals("Groups", StringComparison.OrdinalIgnoreCase) ? true : type.Equals("Users", StringComparison.OrdinalIgnoreCase) ? false : null;
        if (isGroup is not { } group)
        {
            return null;
        }

        if (id.StartsWith(BulkReferences.Prefix, StringComparison.Ordinal))
        {
            // Whatever the client made up, slashes and all.
            return new(group, id);
        }

        id = WithoutQuery(id).TrimEnd('/');
        return id.Contains('/', StringComparison.Ordinal) ? null : new(group, id.Length == 0 ? null : Uri.UnescapeDataString(id));
    }

    /// <summary>The resource's address.</summary>
    public static string AddressOf(string baseAddress, bool isGroup, string id) => $"{baseAddress}/{(isGroup ? "Groups" : "Users")}/{Uri.EscapeDataString(id)}";

    private static string Without(string text, string start) => text.StartsWith(start, StringComparison.OrdinalIgnoreCase) ? text[start.Length..] : text;

    /// <summary>Parameters are passed over: what an operation answers with is left out anyway.</summary>
    private static string WithoutQuery(string text) => text.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query ? text[..query] : text;
}
