using System.Text.Json.Nodes;
using IdentityHub.Scim.Protocol.Filter;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Protocol.Patch;

/// <summary>What a PATCH makes of a resource (RFC 7644 §3.5.2). Pure: it decides what is desired, and changes nothing.</summary>
internal static class PatchApplier
{
    /// <summary>Applies operations one after the other, each to what those before it left.</summary>
    /// <param name="type">Of the resource.</param>
    /// <param name="current">The resource as it is, in canonical form. Never changed.</param>
    /// <param name="request">The operations.</param>
    /// <param name="options">The limits and tolerances of filters in paths.</param>
    /// <param name="maxWork">How much may be compared: <see cref="FilterWork"/>.</param>
    /// <returns>
    /// The desired resource, in canonical form, with <c>password</c> in it where one was given; or the first error, and then nothing of the request holds:
    /// <c>invalidPath</c>, <c>invalidFilter</c>, <c>noTarget</c>, <c>mutability</c>, <c>invalidValue</c> or <c>tooMany</c>.
    /// </returns>
    public static Outcome<JsonObject> Apply(ResourceType type, JsonObject current, PatchRequest request, FilterOptions options, long maxWork = FilterWork.MaxOfPatch)
    {
        var run = new PatchRun(type, current.DeepClone().AsObject(), options, new(maxWork));
        foreach (var operation in request.Operations)
        {
            if (run.Apply(operation) is { } error)
            {
                return error;
            }
        }

        return run.Finish();
    }
}
