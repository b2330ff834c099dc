using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.SecurityEvents;

/// <summary>People of the sample directory, by name.</summary>
internal static class People
{
    public static async Task<IReadOnlyList<MembershipView>> PlacesAsync(this RunningHub hub, string userName)
    {
        var id = (await hub.ReadAsync(reader => Users.FindByNameAsync(reader, userName)))!.Id;
        return await hub.ReadAsync(reader => Memberships.OfUserAsync(reader, id));
    }

    public static async Task<MembershipView> HomeAsync(this RunningHub hub, string userName) => (await hub.PlacesAsync(userName)).Single(place => place.Home);

    public static async Task<MembershipView> GuestAsync(this RunningHub hub, string userName) => (await hub.PlacesAsync(userName)).Single(place => !place.Home);

    /// <summary>Signs somebody in.</summary>
    /// <returns>The answer of the token endpoint.</returns>
    public static async Task<JsonAnswer> EnterAsync(this RelyingApp app, Browser browser, string userName, string account = "northside", string scope = "openid account", string? prompt = null)
    {
        var answer = await app.RedeemAsync((await app.SignInAsync(
            browser, userName, SampleDirectory.Password, SampleDirectory.TotpSecret, account, ("scope", scope), ("prompt", prompt)))["code"]);
        Assert.True(answer.Error is null, answer.Body.ToString());
        return answer;
    }

    public static string Sid(this JsonAnswer tokens) => RelyingApp.Payload(tokens.Text("id_token")).GetProperty("sid").GetString()!;
}
