using IdentityHub.Domain;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using IdentityHub.IdP.Tests.SignIn.Factors;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests.SignIn;

/// <summary>Goes each way as far as its last step, has the state come to be, and takes that step: each time with a person and an account of their own.</summary>
public sealed class PathwayRuns : IAsyncLifetime
{
    public static readonly string[] States =
    [
        "active", "inactive", "throttled", "must enrol", "must change password", "required by the account", "required of the member", "required by the client",
        "home account suspended", "frozen", "deleted",
    ];

    private const string Chosen = "another long enough password";
    private static readonly string PasswordHash = new PasswordHashing().Hash(SampleDirectory.Password);

    public RunningHub Hub { get; private set; } = null!;

    private RelyingApp Portal { get; set; } = null!;

    private RelyingApp Strong { get; set; } = null!;

    /// <param name="UserId">Who.</param>
    /// <param name="Amrs">What each token that came of it says was proved.</param>
    /// <param name="ClientRequiresTwo">Whether the app wants two factors.</param>
    /// <param name="MustChangePassword">Whether the password is one that must be changed still.</param>
    /// <param name="End">Where the browser ended.</param>
    public sealed record Run(string UserId, IReadOnlyList<string> Amrs, bool ClientRequiresTwo, bool MustChangePassword, string End);

    private sealed record Walker(string UserName, string UserId, string MembershipId, string AccountId, RelyingApp App, Browser Browser)
    {
        public IReadOnlyList<string> Recovery { get; init; } = [];
        public string Password { get; set; } = SampleDirectory.Password;
    }

    public async Task InitializeAsync()
    {
        Hub = await RunningHub.StartAsync(SampleDirectory.Json.Replace("\"scope\": \"openid account\", \"require_mfa\"", "\"scope\": \"openid account offline_access\", \"require_mfa\"")
            .Replace("\"grant_types\": [ \"authorization_code\" ], \"token_endpoint_auth_method\": \"client_secret_basic\", \"scope\": \"openid account offline_access\"",
                "\"grant_types\": [ \"authorization_code\", \"refresh_token\" ], \"token_endpoint_auth_method\": \"client_secret_basic\", \"scope\": \"openid account offline_access\""));
        Portal = SampleDirectory.Portal(Hub);
        Strong = AuthorizeDirectory.Client(Hub, "strong");
    }

    public async Task DisposeAsync() => await Hub.DisposeAsync();

    public async Task<Run> RunAsync(string way, string state)
    {
        var strong = state == "required by the client";
        var ofBefore = way is "refresh" or "authorization code of before";
        var walker = await AddAsync(
            strong ? Strong : Portal, totp: way is "authenticator app" or "recovery code" or "remembered browser" or "password reset" || (ofBefore && strong),
            mail: way == "code by e-mail", recovery: way == "recovery code", password: way != "invitation", mustChange: way == "first password");
        Hub.Time.Advance(TimeSpan.FromSeconds(90));
        var last = await ApproachAsync(way, walker);
        await BecomeAsync(state, walker);
        var tokens = new List<JsonAnswer>();
        await last(tokens);
        await CollectAsync(walker, tokens);
        var mustChange = await MustChangeAsync(walker);
        walker.Browser.Dispose();
        return new(
            walker.UserId,
            [.. tokens.Where(answer => answer.Error is null).Select(answer => RelyingApp.Payload(answer.Text("id_token"))).Select(id => string.Join(' ', id.GetProperty("amr").EnumerateArray().Select(one => one.GetString())))],
            strong, mustChange, walker.Browser.LeftFor?.ToString() ?? walker.Browser.Page?.Address + " " + walker.Browser.Page?.Alert);
    }

    /// <summary>Goes as far as the last step.</summary>
    /// <returns>The last step.</returns>
    private async Task<Func<List<JsonAnswer>, Task>> ApproachAsync(string way, Walker walker)
    {
        var browser = walker.Browser;
        switch (way)
        {
            case "password" or "first password":
                await browser.GoAsync(walker.App.AuthorizeAddress());
                return _ => PasswordAsync(walker);
            case "authenticator app":
                await BeginAsync(walker);
                return _ => TypeAsync(walker, Codes.Of(SampleDirectory.TotpSecret, Hub));
            case "recovery code":
                await BeginAsync(walker);
                await browser.GoAsync(browser.Page!.Document.QuerySelector("a[href*='way=recovery']")!.GetAttribute("href")!);
                return _ => TypeAsync(walker, walker.Recovery[0]);
            case "code by e-mail":
                await BeginAsync(walker);
                var code = System.Text.RegularExpressions.Regex.Match((await Pickup.MailsAsync(Hub, walker.UserName)).Last(), @"(?<= is )\d{6}(?=\.)").Value;
                return _ => TypeAsync(walker, code);
            case "temporary code":
                FactorHub.Sql(Hub, """UPDATE "Users" SET "MustEnrol" = 1, "Epoch" = "Epoch" + 1 WHERE "Id" = @id""", ("@id", walker.UserId));
                var handed = (await Hub.WriteAsync(transaction => TemporaryCodes.IssueAsync(transaction, walker.UserId)))!;
                await BeginAsync(walker);
                return _ => TypeAsync(walker, handed);
            case "remembered browser":
                await browser.GoAsync(Portal.AuthorizeAddress());
                await PasswordAsync(walker);
                await browser.SendAsync("input[name=remember]", ("code", Codes.Of(SampleDirectory.TotpSecret, Hub)), ("remember", "yes"));
                Assert.NotNull(browser.LeftFor);
                Hub.Time.Advance(TimeSpan.FromHours(2));
                await browser.GoAsync(walker.App.AuthorizeAddress());
                return _ => PasswordAsync(walker);
            case "invitation":
                Assert.IsType<Invitations.InviteResult.Invited>(await Hub.WriteAsync(transaction => Invitations.InviteAsync(transaction, walker.MembershipId, Hub.Issuer)));
                return await LinkAsync(walker, "/invitation");
            case "password reset":
                await browser.GoAsync("/reset");
                await browser.SubmitAsync(("username", walker.UserName));
                return await LinkAsync(walker, "/reset/password");
            default:
                var tokensBefore = await GrantAsync(walker, redeem: way == "refresh");
                return async tokens => tokens.Add(await tokensBefore());
        }
    }

    private async Task<Func<List<JsonAnswer>, Task>> LinkAsync(Walker walker, string path)
    {
        var link = Pickup.Link((await Pickup.MailsAsync(Hub, walker.UserName)).Last());
        return async _ =>
        {
            await walker.Browser.PostAsync(path, [new("token", link.Split("token=")[1][..43]), new("new-password", Chosen), new("new-password-again", Chosen)]);
            walker.Password = Chosen;
            await walker.Browser.GoAsync(walker.App.AuthorizeAddress());
            await PasswordAsync(walker);
        };
    }

    /// <summary>Has the app hold a code, or a refresh token.</summary>
    private static async Task<Func<Task<JsonAnswer>>> GrantAsync(Walker walker, bool redeem)
    {
        var back = await walker.App.SignInAsync(
            walker.Browser, walker.UserName, SampleDirectory.Password, SampleDirectory.TotpSecret, changes: [("scope", "openid account offline_access"), ("prompt", "consent")]);
        if (!redeem)
        {
            return () => walker.App.RedeemAsync(back["code"]);
        }

        var refresh = (await walker.App.RedeemAsync(back["code"])).Text("refresh_token");
        return () => walker.App.RefreshAsync(refresh);
    }

    private static async Task BeginAsync(Walker walker)
    {
        await walker.Browser.GoAsync(walker.App.AuthorizeAddress());
        await PasswordAsync(walker);
        Assert.True(walker.Browser.Page?.Asks("one-time-code"), walker.Browser.Page?.Text);
    }

    private static async Task PasswordAsync(Walker walker)
    {
        if (walker.Browser.Page?.Asks("current-password") == true)
        {
            await walker.Browser.SubmitAsync(("username", walker.UserName), ("current-password", walker.Password));
        }

        if (walker.Browser.Page?.Address.AbsolutePath == "/sign-in/new-password" && walker.Password == SampleDirectory.Password && walker.UserName.StartsWith("first", StringComparison.Ordinal))
        {
            await walker.Browser.SubmitAsync(("new-password", Chosen));
        }
    }

    private static Task<Browser> TypeAsync(Walker walker, string code) => walker.Browser.SubmitAsync(("one-time-code", code));

    /// <summary>Whatever the browser holds by now is asked for a token: where it left for the app, and without a word.</summary>
    private static async Task CollectAsync(Walker walker, List<JsonAnswer> tokens)
    {
        if (walker.Browser.LeftFor is not null && RelyingApp.Callback(walker.Browser).TryGetValue("code", out var code) && tokens.Count == 0)
        {
            tokens.Add(await walker.App.RedeemAsync(code));
        }

        var silent = await AuthorizeAnswer.OfAsync(walker.Browser.Client, walker.App.Request(("prompt", "none"), ("scope", "openid account")));
        if (silent.Parameters.TryGetValue("code", out var another))
        {
            tokens.Add(await walker.App.RedeemAsync(another));
        }
    }

    private Task<bool> MustChangeAsync(Walker walker)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(Hub.DataDirectory, "hub.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """SELECT "MustChange" FROM "Passwords" WHERE "UserId" = @id""";
        command.Parameters.AddWithValue("@id", walker.UserId);
        return Task.FromResult(command.ExecuteScalar() is 1L);
    }

    private Task BecomeAsync(string state, Walker walker)
    {
        switch (state)
        {
            case "inactive":
                return Hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, walker.MembershipId));
            case "throttled":
                return Hub.WriteAsync(transaction =>
                {
                    for (var i = 0; i < 100; i++)
                    {
                        Throttles.TryReserve(transaction, new("second-factor", 10, TimeSpan.FromMinutes(3)), walker.UserId);
                        Throttles.TryReserve(transaction, new("sign-in-name", 100, TimeSpan.FromSeconds(36)), CanonicalName.Of(walker.UserName)!);
                    }

                    return Task.FromResult(true);
                });
            case "must enrol":
                FactorHub.Sql(Hub, """UPDATE "Users" SET "MustEnrol" = 1, "Epoch" = "Epoch" + 1 WHERE "Id" = @id""", ("@id", walker.UserId));
                return Task.CompletedTask;
            case "must change password":
                return Hub.WriteAsync(async transaction =>
                {
                    await Passwords.SetAsync(transaction, walker.UserId, PasswordHash, mustChange: true);
                    return true;
                });
            case "required by the account":
                return Hub.WriteAsync(transaction => Accounts.PutAsync(transaction, walker.AccountId, walker.AccountId, TwoFactorPolicy.Required, new()));
            case "required of the member":
                return Hub.WriteAsync(transaction => Memberships.RequireTwoFactorAsync(transaction, walker.MembershipId, true));
            case "home account suspended":
                return Hub.WriteAsync(transaction => AccountLifecycle.SuspendAsync(transaction, walker.AccountId));
            case "frozen":
                FactorHub.Sql(Hub, """UPDATE "Users" SET "FrozenAt" = 1, "Epoch" = "Epoch" + 1 WHERE "Id" = @id""", ("@id", walker.UserId));
                return Task.CompletedTask;
            case "deleted":
                return Hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, walker.MembershipId));
            default:
                return Task.CompletedTask;
        }
    }

    private Task<Walker> AddAsync(RelyingApp app, bool totp, bool mail, bool recovery, bool password, bool mustChange) => Hub.WriteAsync(async transaction =>
    {
        var account = "a-" + RandomId.New()[..12];
        var name = $"{(mustChange ? "first" : "pat")}@{account}.example";
        await Accounts.PutAsync(transaction, account, account, TwoFactorPolicy.Optional, new());
        var keeper = (UserLifecycle.CreateResult.Created)await UserLifecycle.CreateAsync(transaction, new("keeper@" + account + ".example", "Kim", "Keeper", null, false, false));
        await Memberships.AddAsync(transaction, new(keeper.User.Id, account, Role.Administrator, null, MembershipStatus.Active));
        var created = (UserLifecycle.CreateResult.Created)await UserLifecycle.CreateAsync(transaction, new(name, "Pat", "Path", name, true, false));
        var added = (Memberships.AddResult.Added)await Memberships.AddAsync(transaction, new(created.User.Id, account, Role.User, null, MembershipStatus.Active));
        if (password)
        {
            await Passwords.SetAsync(transaction, created.User.Id, PasswordHash, mustChange);
        }

        if (totp)
        {
            await SecondFactors.PutTotpAsync(transaction, created.User.Id, Base32.Decode(SampleDirectory.TotpSecret)!);
        }

        if (mail)
        {
            await SecondFactors.PutEmailCodesAsync(transaction, created.User.Id, name);
        }

        var codes = recovery ? Domain.Credentials.RecoveryCodes.Make() : null;
        if (codes is not null)
        {
            await Domain.Credentials.RecoveryCodes.ReplaceAsync(transaction, created.User.Id, codes);
        }

        return new Walker(name, created.User.Id, added.Membership.Id, account, app, Hub.NewBrowser()) { Recovery = codes?.Codes ?? [] };
    });
}
