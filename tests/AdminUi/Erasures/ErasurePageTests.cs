using System.Net;
using IdentityHub.AdminUi.Tests.Users;
using IdentityHub.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace IdentityHub.AdminUi.Tests.Erasures;

/// <summary>That somebody was erased is listed without whom, with a receipt that anybody can verify.</summary>
public sealed class ErasurePageTests(UsersHub users) : IClassFixture<UsersHub>
{
    private const string Address = "/admin/accounts/north/erasures";

    [Fact]
    public async Task An_erasure_has_a_signed_receipt_that_names_nobody()
    {
        var id = await users.AddAsync("gone@x.example", "Gonzalo", "Forgotten");
        var boss = await users.Console.SignInAsync(UsersHub.Boss, $"{UsersHub.Users}/{id}/delete");
        await boss.SendAsync("main form", ("name", "Gonzalo Forgotten"));
        await boss.GoAsync(Address);
        for (var tries = 0; tries < 50 && boss.Page!.Document.QuerySelector("main tbody tr td:nth-child(2)")!.TextContent.Contains("Under way", StringComparison.Ordinal); tries++)
        {
            await Task.Delay(50);
            await boss.GoAsync(Address);
        }

        var row = boss.Page!.Document.QuerySelector("main tbody tr")!.TextContent;
        Assert.DoesNotContain("Under way", row, StringComparison.Ordinal);
        Assert.Contains("1 membership", row, StringComparison.Ordinal);
        Assert.DoesNotContain("Gonzalo", row, StringComparison.OrdinalIgnoreCase);

        var link = boss.Page.Document.QuerySelector("main tbody tr a[download]")!.GetAttribute("href")!;
        var jws = await (await boss.Client.GetAsync(new Uri(new Uri(users.Hub.Issuer), link))).Content.ReadAsStringAsync();
        var keys = new JsonWebKeySet(await boss.Client.GetStringAsync(new Uri(users.Hub.Issuer + "/jwks")));
#pragma warning disable CA5404 // A receipt has no audience and does not expire.
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(jws, new()
        {
            ValidIssuer = users.Hub.Issuer, IssuerSigningKeys = keys.GetSigningKeys(), ValidTypes = ["erasure-receipt+jwt"], ValidateAudience = false, ValidateLifetime = false,
        });
#pragma warning restore CA5404
        Assert.True(result.IsValid, result.Exception?.Message);
        Assert.Equal("north", result.Claims["account"]);
        Assert.Contains("bytes_gone_at", result.Claims.Keys);
        Assert.DoesNotContain("onzalo", Base64UrlEncoder.Decode(jws.Split('.')[1]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receipt_of_another_account_or_none_is_not_there()
    {
        var id = await users.AddAsync("elsewhere@x.example", "Els", "Where", "south");
        await users.Hub.WriteAsync(transaction => Domain.Users.UserLifecycle.DeleteAsync(transaction, id));
        var foreign = (await users.Hub.ReadAsync(reader => Domain.Erasing.Erasures.ListAsync(reader, "south", 1)))[0].Id;
        var boss = await users.Console.SignInAsync(UsersHub.Boss, Address);
        foreach (var wrong in (string[])[foreign, "nothing", "", "' OR 1=1 --"])
        {
            await boss.GoAsync($"{Address}?handler=receipt&id={Uri.EscapeDataString(wrong)}");
            Assert.Equal(HttpStatusCode.NotFound, boss.Page!.Status);
        }

        foreach (var before in (string[])["-1", "x", "99999999999999999999", "0"])
        {
            await boss.GoAsync($"{Address}?before={before}");
            Assert.Equal(HttpStatusCode.OK, boss.Page!.Status);
        }
    }

    [Fact]
    public async Task A_guest_who_is_removed_leaves_an_erasure_too()
    {
        await users.AddAsync("visitor@x.example", "Vis", "Itor", "south");
        var id = await users.AddAsync("visitor@x.example");
        await users.Hub.WriteAsync(transaction => Domain.Users.UserLifecycle.DeleteAsync(transaction, id));
        Assert.Equal(1, (await users.Hub.ReadAsync(reader => Domain.Erasing.Erasures.ListAsync(reader, "north", 1)))[0].Counts["memberships"]);
    }
}
