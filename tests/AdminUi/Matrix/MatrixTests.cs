using System.Net;
using IdentityHub.Domain;
using IdentityHub.Testing;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityHub.AdminUi.Tests.Matrix;

/// <summary>Role × level × page and action × own, other, other account: generated from the routes, held against the one table.</summary>
public sealed class MatrixTests(MatrixHub matrix) : IClassFixture<MatrixHub>
{
    public static TheoryData<string> People => [.. MatrixHub.People.Select(person => person.UserName)];

    [Fact]
    public void Every_page_is_in_the_table_and_nothing_else_is() =>
        Assert.Equal(Pages().Where(page => page != PageTable.Start).Order(StringComparer.Ordinal), PageTable.Who.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(People))]
    public async Task Pages_open_for_whom_the_table_says(string userName)
    {
        var person = MatrixHub.People.Single(one => one.UserName == userName);
        await EachPageAsync(person, async (browser, route, may) =>
        {
            var member = route.Contains("{member", StringComparison.Ordinal) ? await OtherMemberAsync(person) : null;
            var answer = await GetAsync(browser, Path(route, person.Account ?? "common", member));
            if (person.Account is null && route.Contains("{account}", StringComparison.Ordinal))
            {
                Assert.True(answer == HttpStatusCode.NotFound, $"GET {route} as {userName}: {answer}, for somebody who is in no account.");
            }
            else if (!may)
            {
                Assert.True(answer == HttpStatusCode.Forbidden, $"GET {route} as {userName}: {answer}, and the table says that they may not.");
            }
            else
            {
                Assert.True(answer is not HttpStatusCode.Forbidden and < HttpStatusCode.InternalServerError, $"GET {route} as {userName}: {answer}, and the table says that they may.");
                Assert.True(answer is not HttpStatusCode.NotFound || HasForeignId(route), $"GET {route} as {userName}: not found.");
            }
        });
    }

    [Theory]
    [MemberData(nameof(People))]
    public async Task Pages_of_another_account_are_nothing(string userName)
    {
        var person = MatrixHub.People.Single(one => one.UserName == userName);
        await EachPageAsync(person, async (browser, route, may) =>
        {
            if (!route.Contains("{account}", StringComparison.Ordinal))
            {
                return;
            }

            var answer = await GetAsync(browser, Path(route, MatrixHub.Strangers, await StrangerAsync()));
            Assert.True(answer == HttpStatusCode.NotFound, $"GET {route} of a stranger's account as {userName}: {answer}.");
            if (may && route.Contains("{member", StringComparison.Ordinal))
            {
                answer = await GetAsync(browser, Path(route, person.Account!, await StrangerAsync()));
                Assert.True(answer == HttpStatusCode.NotFound, $"GET {route} of a stranger within their own account as {userName}: {answer}.");
            }
        });
    }

    [Theory]
    [MemberData(nameof(People))]
    public async Task Actions_are_refused_as_their_pages_are_and_without_proof_of_origin_for_everybody(string userName)
    {
        var person = MatrixHub.People.Single(one => one.UserName == userName);
        await EachPageAsync(person, async (browser, route, may) =>
        {
            var member = route.Contains("{member", StringComparison.Ordinal) ? await OtherMemberAsync(person) : null;
            using var response = await browser.Client.PostAsync(Path(route, person.Account ?? "common", member), new FormUrlEncodedContent([KeyValuePair.Create("account", "strangers")]));
            var expected = person.Account is null && route.Contains("{account}", StringComparison.Ordinal) ? HttpStatusCode.NotFound : may ? HttpStatusCode.Found : HttpStatusCode.Forbidden;
            Assert.True(response.StatusCode == expected, $"POST {route} as {userName}: {response.StatusCode}, not {expected}.");
        });
    }

    [Fact]
    public async Task Nobody_who_is_not_signed_in_opens_anything()
    {
        using var stranger = matrix.Console.Hub.NewClient();
        foreach (var route in Pages())
        {
            using var response = await stranger.GetAsync(Path(route, "common", null));
            Assert.True(
                response.StatusCode == HttpStatusCode.SeeOther && response.Headers.Location!.ToString().Contains("/authorize?", StringComparison.Ordinal),
                $"GET {route}: {response.StatusCode} {response.Headers.Location}");
            using var posted = await stranger.PostAsync(Path(route, "common", null), new FormUrlEncodedContent([]));
            Assert.True(posted.StatusCode == HttpStatusCode.SeeOther, $"POST {route}: {posted.StatusCode}");
        }
    }

    private async Task EachPageAsync(MatrixPerson person, Func<Browser, string, bool, Task> check)
    {
        var browser = await matrix.BrowserOfAsync(person);
        foreach (var route in Pages().Where(page => page != PageTable.Start))
        {
            Assert.True(PageTable.Who.TryGetValue(route, out var who), $"{route} is not in the table.");
            await check(browser, route, person.May(who!));
        }
    }

    private List<string> Pages() =>
    [
        .. matrix.Console.Hub.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<PageActionDescriptor>()?.ViewEnginePath.StartsWith("/Console/", StringComparison.Ordinal) == true)
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/')).Distinct(),
    ];

    /// <summary>An id that is no member's is nobody's here: such a page may be nothing for who may open it.</summary>
    private static bool HasForeignId(string route) => route.Replace("{account}", "", StringComparison.Ordinal) is var rest && rest.Contains('{', StringComparison.Ordinal) && !rest.Contains("{member", StringComparison.Ordinal);

    private static string Path(string route, string account, string? member)
    {
        var path = route.Replace("{account}", account, StringComparison.Ordinal);
        for (var open = path.IndexOf('{', StringComparison.Ordinal); open >= 0; open = path.IndexOf('{', StringComparison.Ordinal))
        {
            var close = path.IndexOf('}', open);
            var isMember = path.AsSpan(open).StartsWith("{member");
            path = path[..open] + (isMember && member is not null ? member : RandomId.New()) + path[(close + 1)..];
        }

        return path;
    }

    private Task<string> OtherMemberAsync(MatrixPerson person) => person.Account is { } account
        ? matrix.Console.MemberIdAsync(MatrixHub.OtherOf(account), account)
        : StrangerAsync();

    private Task<string> StrangerAsync() => matrix.Console.MemberIdAsync(MatrixHub.Stranger, MatrixHub.Strangers);

    private static async Task<HttpStatusCode> GetAsync(Browser browser, string path)
    {
        using var response = await browser.Client.GetAsync(path);
        return response.StatusCode;
    }
}
