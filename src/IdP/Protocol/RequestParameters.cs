using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace IdentityHub.IdP.Protocol;

/// <summary>The parameters of a request, read once. An empty value is an absent one (RFC 6749 §3.1).</summary>
internal sealed class RequestParameters
{
    private const string FormType = "application/x-www-form-urlencoded";

    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);

    /// <summary>The first parameter that came more than once, or null (RFC 6749 §3.1: none may).</summary>
    public string? Repeated { get; private set; }

    public string? this[string name] => values.GetValueOrDefault(name);

    public IReadOnlyDictionary<string, string> All => values;

    public static RequestParameters Of(IEnumerable<KeyValuePair<string, StringValues>> source)
    {
        var parameters = new RequestParameters();
        foreach (var (name, given) in source)
        {
            if (given.Count > 1)
            {
                parameters.Repeated ??= name;
            }

            if (given is [{ Length: > 0 } value, ..])
            {
                parameters.values.Add(name, value);
            }
        }

        return parameters;
    }

    /// <summary>Reads the body as a form.</summary>
    /// <returns>The parameters, or the error to answer.</returns>
    public static async Task<(RequestParameters? Parameters, OAuthError? Error)> ReadFormAsync(HttpContext context)
    {
        if (!HasFormType(context.Request))
        {
            return (null, OAuthError.InvalidRequest("the body is application/x-www-form-urlencoded"));
        }

        // The type has no parameters (WHATWG URL §5.1): it is UTF-8 whatever a charset says, and what cannot be parsed there is no obstacle.
        context.Request.ContentType = FormType;
        try
        {
            return (Of(await context.Request.ReadFormAsync(context.RequestAborted)), null);
        }
        catch (BadHttpRequestException fault)
        {
            return (null, fault.StatusCode == StatusCodes.Status413PayloadTooLarge ? OAuthError.TooLarge : OAuthError.InvalidRequest("the body cannot be read"));
        }
        catch (InvalidDataException)
        {
            return (null, OAuthError.InvalidRequest("the form has too many fields, too long ones, or a null character"));
        }
    }

    private static bool HasFormType(HttpRequest request) =>
        request.ContentType is { } type && type.Split(';')[0].Trim().Equals(FormType, StringComparison.OrdinalIgnoreCase);
}
