using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.Scim.Bulk;

/// <summary>One operation of a Bulk request (RFC 7644 §3.7). Where <see cref="Error"/> is set, the rest is what could be read of it, for the answer to show.</summary>
internal sealed record BulkOperation
{
    /// <summary>In capitals: one of POST, PUT, PATCH and DELETE. As it was sent where it is none of them.</summary>
    public string? Method { get; init; }

    public string? BulkId { get; init; }

    public BulkPath? Path { get; init; }

    /// <summary>The entity-tag that the resource must have.</summary>
    public string? Version { get; init; }

    /// <summary>Never null but for DELETE and for what could not be read.</summary>
    public JsonObject? Data { get; init; }

    /// <summary>The bulkIds in path and data, each once.</summary>
    public ImmutableArray<string> References { get; private init; } = [];

    public ScimError? Error { get; init; }

    public bool IsPost => Method == HttpMethods.Post;

    /// <summary>The bulkId under which others refer to what this makes.</summary>
    public string? Defines => IsPost ? BulkId : null;

    /// <summary>As the provisioning log names it: what cannot be told is the request's own.</summary>
    public (string Method, string ResourceType) Kind => Path is not null && Method is not null && IsKnown(Method) ? (Method, Path.ResourceType) : (HttpMethods.Post, "Bulk");

    /// <summary>Reads one. Never fails as a whole: the other operations go on (RFC 7644 §3.7).</summary>
    public static BulkOperation Parse(JsonObject? given, ScimOptions options)
    {
        if (given is null)
        {
            return new() { Error = ScimError.InvalidSyntax("Every operation has to be an object.") };
        }

        var path = Text(given["path"]);
        var read = new BulkOperation
        {
            Method = MethodOf(Text(given["method"])), BulkId = Text(given["bulkId"]), Version = Text(given["version"]),
            Path = path is null ? null : BulkPath.Parse(path, options), Data = given["data"] as JsonObject,
        };
        return read.Judge(given, path) is { } error ? read.Refused(error) : read.WithReferences();
    }

    public BulkOperation Refused(ScimError error) => this with { Error = error, References = [] };

    /// <summary>Whether a password is set, which takes time before the transaction.</summary>
    public bool SetsPassword() => Data is not null && SpeaksOfPassword(Data);

    private ScimError? Judge(JsonObject given, string? path)
    {
        if (Method is null || !IsKnown(Method))
        {
            return ScimError.InvalidSyntax("\"method\" has to be POST, PUT, PATCH or DELETE.");
        }

        if (path is null)
        {
            return ScimError.InvalidSyntax("\"path\" has to be a string: /Users or /Groups, and the id behind it but for POST.");
        }

        if (Path is null || Path.Id is null != IsPost)
        {
            return ScimError.InvalidPath($"\"path\" does not fit {Method}: POST goes to /Users or /Groups, the others go to one of these with an id behind it.");
        }

        if (NotText(given["bulkId"]) || NotText(given["version"]))
        {
            return ScimError.InvalidValue("\"bulkId\" and \"version\" have to be strings.");
        }

        if (IsPost && string.IsNullOrEmpty(BulkId))
        {
            return ScimError.InvalidValue("POST needs a \"bulkId\".");
        }

        return Data is null && Method != HttpMethods.Delete ? ScimError.InvalidSyntax($"{Method} needs \"data\", and it has to be an object.") : null;
    }

    private BulkOperation WithReferences()
    {
        var references = BulkReferences.Find(Data, Method!).Select(reference => reference.BulkId);
        return this with { References = [.. (Path!.Reference is { } target ? references.Prepend(target) : references).Distinct(StringComparer.Ordinal)] };
    }

    private static string? MethodOf(string? given) => given?.ToUpperInvariant() is { } upper && IsKnown(upper) ? upper : given;

    private static bool IsKnown(string method) => method is "POST" or "PUT" or "PATCH" or "DELETE";

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static bool NotText(JsonNode? node) => node is not null && node.GetValueKind() != JsonValueKind.String;

    private static bool SpeaksOfPassword(JsonNode? node) => node switch
    {
        JsonObject several => several.Any(member => IsPassword(member.Key) || IsPassword(Text(member.Value)) || SpeaksOfPassword(member.Value)),
        JsonArray array => array.Any(SpeaksOfPassword),
        _ => false,
    };

    private static bool IsPassword(string? name) => name?.EndsWith("password", StringComparison.OrdinalIgnoreCase) == true;
}
