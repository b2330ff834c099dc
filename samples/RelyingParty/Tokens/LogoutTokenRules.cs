using System.Text.Json;

namespace IdentityHub.RelyingParty.Tokens;

/// <summary>OpenID Connect Back-Channel Logout 1.0 section 2.6, beyond what <see cref="JwtVerifier"/> checks of every token.</summary>
internal static class LogoutTokenRules
{
    public static readonly string[] Types = ["logout+jwt", "application/logout+jwt"];

    private const string LogoutEvent = "http://schemas.openid.net/event/backchannel-logout";
    private const int LongestId = 255;
    private static readonly TimeSpan OldestIssue = TimeSpan.FromMinutes(2);

    /// <summary>Whom to sign out: one session, or every session of a person.</summary>
    internal sealed record Order(string Id, string? Subject, string? SessionId, DateTimeOffset Issued)
    {
        /// <summary>The claim that says which sessions are meant; a session is the narrower one.</summary>
        public (string Claim, string Value) Target => SessionId is { } session ? ("sid", session) : ("sub", Subject!);
    }

    /// <returns>An order when the token is one; otherwise why it is not.</returns>
    public static (Order? Order, string? Fault) Read(JsonElement token, DateTimeOffset now)
    {
        var subject = token.String("sub");
        var session = token.String("sid");
        if (token.Time("iat") is not { } issued || issued > now + JwtVerifier.ClockSkew || issued < now - OldestIssue - JwtVerifier.ClockSkew)
        {
            return (null, "the logout token was not issued just now (iat)");
        }

        if ((token.Has("sub") && !IsId(subject)) || (token.Has("sid") && !IsId(session)) || (subject is null && session is null))
        {
            return (null, "the logout token names neither a person nor a session (sub, sid)");
        }

        if (token.Member("events").Member(LogoutEvent).ValueKind != JsonValueKind.Object)
        {
            return (null, "the token orders no logout (events)");
        }

        if (token.Has("nonce"))
        {
            return (null, "a logout token has no nonce"); // keeps ID tokens from being used as logout tokens
        }

        return token.String("jti") is { } id && IsId(id)
            ? (new Order(id, subject, session, issued), null)
            : (null, "the logout token has no id (jti)");
    }

    private static bool IsId(string? value) => value is { Length: > 0 and <= LongestId };
}
