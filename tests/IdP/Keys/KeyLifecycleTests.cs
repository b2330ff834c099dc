using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using IdentityHub.Domain.Keys;
using IdentityHub.Domain.Persistence;
using IdentityHub.IdP.Keys;
using IdentityHub.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace IdentityHub.IdP.Tests.Keys;

/// <summary>announce → sign → retire → gone, without a restart and without one failed verification. Each test has a hub of its own: it moves the clock far.</summary>
public sealed class KeyLifecycleTests
{
    private static readonly TimeSpan RereadInterval = TimeSpan.FromSeconds(11);

    /// <summary>An app with its person signed in at a hub.</summary>
    private sealed record Setting(RunningHub Hub, RelyingApp App, Browser Browser, HttpClient Http) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            Browser.Dispose();
            Http.Dispose();
            await Hub.DisposeAsync();
        }

        public async Task<JsonAnswer> TokensAsync(RelyingApp? app = null)
        {
            app ??= App;
            return await app.RedeemAsync((await app.SignInAsync(Browser, SampleDirectory.Pat, SampleDirectory.Password))["code"]);
        }

        public async Task<List<string>> KidsAsync() =>
            [.. JsonDocument.Parse(await Http.GetStringAsync("/jwks")).RootElement.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("kid").GetString()!)];

        /// <summary>Moves the clock and lets the hub notice what others wrote.</summary>
        public async Task AdvanceAsync(TimeSpan by)
        {
            Hub.Time.Advance(by);
            await Http.GetStringAsync("/jwks");
            await Task.Delay(100);
        }
    }

    private static async Task<Setting> StartAsync()
    {
        var hub = await RunningHub.StartAsync(SampleDirectory.Json);
        return new(hub, SampleDirectory.Portal(hub), hub.NewBrowser(), hub.NewClient());
    }

    private static string KidOf(string token) => JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[0])).RootElement.GetProperty("kid").GetString()!;

    private static Task<bool> RotateAsync(RunningHub hub, TimeSpan announced) => KeyRotation.RotateAllAsync(hub.Services.GetRequiredService<IHubStore>(), TestHub.Tester, announced, CancellationToken.None);

    [Fact]
    public async Task A_new_key_is_announced_signs_at_its_time_and_the_old_one_stays_published_a_while()
    {
        await using var setting = await StartAsync();
        var first = await setting.KidsAsync();
        var before = await setting.TokensAsync();
        Assert.Contains(KidOf(before.Text("id_token")), first);

        Assert.True(await RotateAsync(setting.Hub, KeyRotation.AnnouncedByCommand));
        Assert.False(await RotateAsync(setting.Hub, KeyRotation.AnnouncedByCommand));
        setting.Hub.Time.Advance(RereadInterval);
        await Wire.EventuallyAsync(async () => (await setting.KidsAsync()).Count == 4, "the new keys are published");
        var fresh = (await setting.KidsAsync()).Except(first).ToList();
        Assert.Contains(KidOf((await setting.TokensAsync()).Text("id_token")), first);

        var old = (await setting.TokensAsync()).Text("access_token");
        setting.Hub.Time.Advance(KeyRotation.AnnouncedByCommand - RereadInterval - TimeSpan.FromSeconds(1));
        Assert.Contains(KidOf((await setting.TokensAsync()).Text("id_token")), first);
        var lastOfOld = await setting.TokensAsync();
        setting.Hub.Time.Advance(TimeSpan.FromSeconds(1));
        var firstOfNew = await setting.TokensAsync();
        Assert.Contains(KidOf(firstOfNew.Text("id_token")), fresh);
        Assert.Contains(KidOf(firstOfNew.Text("access_token")), fresh);
        Assert.Equal(HttpStatusCode.OK, (await setting.App.UserInfoAsync(lastOfOld.Text("access_token"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await setting.App.UserInfoAsync(firstOfNew.Text("access_token"))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await setting.App.UserInfoAsync(old)).Status);

        await setting.AdvanceAsync(KeyRotation.PublishedAfter - TimeSpan.FromSeconds(1));
        Assert.Equal(4, (await setting.KidsAsync()).Count);
        await setting.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(fresh.Order(StringComparer.Ordinal), (await setting.KidsAsync()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Keys_are_replaced_by_age_without_anyone_s_hand()
    {
        await using var setting = await StartAsync();
        var first = await setting.KidsAsync();
        await setting.AdvanceAsync(KeyLifecycle.SigningLifetime - KeyLifecycle.AnnouncedBefore - TimeSpan.FromHours(1.5));
        await setting.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal(first, await setting.KidsAsync());
        await Wire.EventuallyAsync(
            async () =>
            {
                await setting.AdvanceAsync(TimeSpan.FromMinutes(20));
                return (await setting.KidsAsync()).Count == 4;
            },
            "successors are announced");
        Assert.Contains(KidOf((await setting.TokensAsync()).Text("id_token")), first);
        await setting.AdvanceAsync(KeyLifecycle.AnnouncedBefore);
        Assert.DoesNotContain(KidOf((await setting.TokensAsync()).Text("id_token")), first);
    }

    [Fact]
    [Spec("OpenID Connect Core", "3.1.2.1")]
    public async Task An_ID_token_of_a_key_that_is_gone_is_still_a_hint()
    {
        await using var setting = await StartAsync();
        var tokens = await setting.TokensAsync();
        Assert.True(await RotateAsync(setting.Hub, TimeSpan.Zero));
        await setting.AdvanceAsync(KeyRotation.PublishedAfter + TimeSpan.FromMinutes(1));
        Assert.DoesNotContain(KidOf(tokens.Text("id_token")), await setting.KidsAsync());
        await setting.Hub.Services.GetRequiredService<Housekeeping>().SweepAsync(CancellationToken.None);
        await setting.AdvanceAsync(RereadInterval);

        // Signed in anew, since the session is long over; the hint still says who it was.
        await setting.TokensAsync();
        await setting.Browser.GoAsync(setting.App.AuthorizeAddress(("prompt", "none"), ("id_token_hint", tokens.Text("id_token"))));
        Assert.True(RelyingApp.Callback(setting.Browser).ContainsKey("code"));
        await setting.Browser.GoAsync("/end-session?post_logout_redirect_uri=https://portal.example/signed-out&id_token_hint=" + tokens.Text("id_token"));
        Assert.Contains("Sign out?", setting.Browser.Page!.Text, StringComparison.Ordinal);
        await setting.Browser.PressAsync("Sign out");
        Assert.Equal("https://portal.example/signed-out", setting.Browser.LeftFor!.ToString());
    }

    [Fact]
    [Spec("OpenID conformance", "oidcc-server-rotate-keys")]
    public async Task No_verification_fails_while_keys_rotate_under_load()
    {
        await using var setting = await StartAsync();
        var apps = new[] { setting.App, SampleDirectory.Other(setting.Hub) };
        var families = new List<(RelyingApp App, string Token)>();
        for (var i = 0; i < 50; i++)
        {
            families.Add((apps[i % 2], (await setting.TokensAsync(apps[i % 2])).Text("refresh_token")));
        }

        var known = new JsonWebKeySet(await setting.Http.GetStringAsync("/jwks"));
        using var refetching = new SemaphoreSlim(1);
        var faults = new ConcurrentQueue<string>();
        var kids = new ConcurrentDictionary<string, int>();
        var verified = 0;
        using var stop = new CancellationTokenSource();

        // A verifier as apps have it: the key set is cached, and fetched again when an unknown kid comes.
        async Task VerifyAsync(string token)
        {
            if (known.Keys.All(key => key.Kid != KidOf(token)))
            {
                await refetching.WaitAsync();
                known = new(await setting.Http.GetStringAsync("/jwks"));
                refetching.Release();
            }

            var result = await new JsonWebTokenHandler().ValidateTokenAsync(token, new()
            {
                ValidIssuer = setting.Hub.Issuer, ValidAudiences = ["portal", "other", setting.Hub.Issuer], IssuerSigningKeys = known.GetSigningKeys(),
                LifetimeValidator = (_, expires, _, _) => expires > setting.Hub.Time.Now.UtcDateTime - TimeSpan.FromMinutes(15),
            });
            kids.AddOrUpdate(KidOf(token), 1, (_, count) => count + 1);
            Interlocked.Increment(ref verified);
            if (!result.IsValid)
            {
                faults.Enqueue(result.Exception?.Message ?? "invalid");
            }
        }

        var loops = families.Select(async family =>
        {
            var token = family.Token;
            while (!stop.IsCancellationRequested)
            {
                var answer = await family.App.RefreshAsync(token);
                if (answer.Status != HttpStatusCode.OK)
                {
                    faults.Enqueue(answer.Body.ToString());
                    return;
                }

                token = answer.Text("refresh_token");
                await VerifyAsync(answer.Text("id_token"));
                if (family.App == setting.App)
                {
                    await VerifyAsync(answer.Text("access_token"));
                }
            }
        }).ToArray();

        await Task.Delay(200);
        foreach (var announced in (TimeSpan[])[KeyRotation.AnnouncedByCommand, TimeSpan.Zero, KeyRotation.AnnouncedByCommand])
        {
            Assert.True(await RotateAsync(setting.Hub, announced));
            for (var step = 0; step < 5; step++)
            {
                await Task.Delay(60);
                setting.Hub.Time.Advance(TimeSpan.FromSeconds(125));
            }
        }

        await stop.CancelAsync();
        await Task.WhenAll(loops);
        Assert.Empty(faults);
        Assert.True(kids.Count >= 6, $"only {kids.Count} keys signed");
        Assert.True(verified > 200, $"only {verified} verifications");
    }

    [Fact]
    public async Task A_rotation_beside_the_hub_is_noticed_without_a_restart()
    {
        await using var setting = await StartAsync();
        var first = await setting.KidsAsync();
        var before = await setting.TokensAsync();
        await using (var beside = await setting.Hub.OpenBesideAsync())
        {
            Assert.True(await KeyRotation.RotateAllAsync(beside.GetRequiredService<IHubStore>(), TestHub.Tester, TimeSpan.Zero, CancellationToken.None));
        }

        setting.Hub.Time.Advance(RereadInterval);
        await Wire.EventuallyAsync(async () => (await setting.KidsAsync()).Count == 4, "the keys made beside the hub are published");
        Assert.DoesNotContain(KidOf((await setting.TokensAsync()).Text("id_token")), first);
        Assert.Equal(HttpStatusCode.OK, (await setting.App.UserInfoAsync(before.Text("access_token"))).Status);
    }

    [Fact]
    public async Task Keys_tokens_and_sessions_survive_a_restart()
    {
        var setting = await StartAsync();
        var kids = await setting.KidsAsync();
        var opaqueApp = SampleDirectory.Other(setting.Hub);
        var tokens = await setting.TokensAsync();
        var opaque = await setting.TokensAsync(opaqueApp);
        await opaqueApp.RevokeAsync(tokens.Text("access_token"));
        var revoked = await setting.App.RefreshAsync(tokens.Text("refresh_token"));
        await setting.App.RevokeAsync(revoked.Text("access_token"));

        await using var again = setting with { Hub = await setting.Hub.RestartAsync() };
        Assert.Equal(kids, await again.KidsAsync());
        Assert.Equal(HttpStatusCode.OK, (await again.App.UserInfoAsync(tokens.Text("access_token"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await opaqueApp.UserInfoAsync(opaque.Text("access_token"))).Status);

        // What was revoked stays so (Keycloak issue 31296).
        Assert.Equal(HttpStatusCode.Unauthorized, (await again.App.UserInfoAsync(revoked.Text("access_token"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await again.App.RefreshAsync(revoked.Text("refresh_token"))).Status);
        await again.Browser.GoAsync(again.App.AuthorizeAddress(("prompt", "none")));
        Assert.True(RelyingApp.Callback(again.Browser).ContainsKey("code"));
    }
}
