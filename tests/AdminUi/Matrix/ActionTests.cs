using System.Net;
using IdentityHub.Domain;
using IdentityHub.Testing;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityHub.AdminUi.Tests.Matrix;

/// <summary>Every form of the console, with its proof of origin, as sent by whoever wants to: what is refused changes nothing, and nothing of strangers or of the PRIMARY changes by it.</summary>
public sealed class ActionTests(ActionHub actions) : IClassFixture<ActionHub>
{
    private string proof = "";

    public static TheoryData<string> Actors => [.. ActionHub.Actors.Select(person => person.UserName)];

    [Fact]
    public async Task Every_form_is_in_the_table_and_nothing_else_is() =>
        Assert.Equal((await HandlersAsync()).Order(StringComparer.Ordinal), ActionTable.Entries.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Actors))]
    public async Task Whatever_is_sent_is_done_only_to_whom_they_may_act_on(string userName)
    {
        var person = ActionHub.Actors.Single(one => one.UserName == userName);
        var browser = await actions.Console.SignInAsync(userName, "/me");
        proof = browser.Page!.Document.QuerySelector("input[name='__RequestVerificationToken']")!.GetAttribute("value")!;

        // Last what ends the session.
        foreach (var (key, entry) in ActionTable.Entries.OrderBy(pair => pair.Key == "/admin/sign-out ").ThenBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var form = new ActionForm(browser, key, entry);
            var may = person.May(PageTable.Who[form.Route]);
            if (!may || (person.Account is null && form.IsInAccount))
            {
                await RefusedAsync(form, form.IsInAccount && person.Account is null ? HttpStatusCode.NotFound : HttpStatusCode.Forbidden);
            }
            else if (entry.Subject != Subject.Hub)
            {
                await actions.EndRequestAsync();
                await OnStrangersAsync(form);
                await OnPrimaryAsync(form, person);
                await OnColleagueAsync(form);
            }

            if (form.IsInAccount)
            {
                await WithinStrangersAsync(form);
            }
        }
    }

    /// <summary>Whoever may not open a page sends nothing to it either, on whomever.</summary>
    private async Task RefusedAsync(ActionForm form, HttpStatusCode expected)
    {
        var before = actions.Rows();
        foreach (var target in new[] { actions.Colleague, actions.Primary, actions.Stranger })
        {
            foreach (var fields in form.Entry.Forms)
            {
                var answer = await SendAsync(form, fields, target, target);
                Assert.True(answer.Status == expected, $"{form.Key} on {target.Name}: {answer.Status}, not {expected}.");
            }
        }

        Same(before, actions.Rows(), form.Key);
    }

    private async Task WithinStrangersAsync(ActionForm form)
    {
        var before = actions.Rows();
        foreach (var fields in form.Entry.Forms)
        {
            var answer = await SendAsync(form, fields, actions.Stranger, actions.Stranger, ActionHub.Strangers);
            Assert.True(answer.Status == HttpStatusCode.NotFound, $"{form.Key} within the strangers' account: {answer.Status}.");
        }

        Same(before, actions.Rows(), form.Key);
    }

    /// <summary>Ids of strangers, in the address and in every field that could name something, also one that the form does not have.</summary>
    private async Task OnStrangersAsync(ActionForm form)
    {
        var before = actions.StrangersRows();
        foreach (var fields in form.Entry.Forms)
        {
            var answer = await SendAsync(form, fields, actions.Stranger, actions.Stranger);
            if (form.Entry.Subject is Subject.Named or Subject.Many)
            {
                AssertRefused(answer, form.Key + " on a stranger");
            }

            Assert.False(answer.Text.Contains(actions.Stranger.Name, StringComparison.Ordinal) && !fields.Contains("{name}", StringComparison.Ordinal), $"{form.Key} shows a stranger.");
            await SendAsync(form, fields + Everywhere(actions.Stranger), await actions.NewColleagueAsync(), actions.Stranger);
        }

        Same(before, actions.StrangersRows(), form.Key);
    }

    private async Task OnPrimaryAsync(ActionForm form, MatrixPerson person)
    {
        if (person.Level == Domain.Permissions.PermissionLevel.Primary || form.Entry.Subject is not (Subject.Named or Subject.Many) || !form.NamesPrimary)
        {
            return;
        }

        // Only where one is named: while one is open, no other can be asked for.
        var target = form.Entry.Forms[0].Contains("{request}", StringComparison.Ordinal) ? actions.Primary with { Request = await actions.OpenRequestAsync() } : actions.Primary;
        var before = actions.PrimarysRows();
        foreach (var fields in form.Entry.Forms)
        {
            var answer = await SendAsync(form, fields, target, target);
            if (form.Entry.Subject == Subject.Named)
            {
                AssertRefused(answer, form.Key + " on the PRIMARY");
            }
        }

        Same(before, actions.PrimarysRows(), form.Key);
    }

    /// <summary>The same forms reach their handlers: on a colleague they are no dead ends.</summary>
    private async Task OnColleagueAsync(ActionForm form)
    {
        foreach (var fields in form.Route.Contains("{member}", StringComparison.Ordinal) ? form.Entry.Forms : [])
        {
            var target = await actions.NewColleagueAsync();
            var answer = await SendAsync(form, fields, target, target);
            Assert.True(answer.Status is HttpStatusCode.OK && !answer.IsForged, $"{form.Key} on a colleague: {answer.Status}.");
        }
    }

    private async Task<Answer> SendAsync(ActionForm form, string fields, ActionTarget addressed, ActionTarget named, string account = ActionHub.House)
    {
        var isAside = fields.StartsWith('@');
        var path = await FillAsync(form.Path(account), isAside ? actions.Colleague with { Account = addressed.Account } : addressed, form);
        var pairs = new List<KeyValuePair<string, string>> { KeyValuePair.Create("__RequestVerificationToken", proof) };
        foreach (var pair in fields.TrimStart('@').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            pairs.Add(KeyValuePair.Create(parts[0], await FillAsync(parts[1], named, form)));
        }

        using var response = await form.Browser.Client.PostAsync(path, new FormUrlEncodedContent(pairs));
        if (response.Headers.Location is not { } next)
        {
            await form.Browser.ShowAsync(response);
        }
        else if (next.ToString() is var to && (to.Contains("/authorize?", StringComparison.Ordinal) || form.Key == "/admin/sign-out "))
        {
            return new(HttpStatusCode.SeeOther, null);
        }
        else
        {
            await form.Browser.GoAsync(to);
        }

        Assert.True(form.Browser.Page!.Status < HttpStatusCode.InternalServerError, $"{form.Key}: {form.Browser.Page.Status}");
        return new(form.Browser.Page.Status, form.Browser.Page);
    }

    private async Task<string> FillAsync(string text, ActionTarget target, ActionForm form)
    {
        foreach (var (name, id) in new[]
        {
            ("{member}", target.Member), ("{name}", target.Name), ("{token}", target.Token), ("{request}", target.Request), ("{session}", target.Session), ("{place}", target.Account), ("{new}", RandomId.New()),
            ("{id}", form.Route.Contains("/hub/accounts", StringComparison.Ordinal) ? target.Account : form.Route.Contains("/import", StringComparison.Ordinal) ? target.Draft : target.Job),
        })
        {
            text = text.Replace(name, id, StringComparison.Ordinal);
        }

        return text.Contains("{version}", StringComparison.Ordinal) ? text.Replace("{version}", await actions.VersionAsync(target.Account, target.Member), StringComparison.Ordinal) : text;
    }

    private static string Everywhere(ActionTarget target) =>
        $"&member={target.Member}&candidate={target.Member}&user={target.User}&account={target.Account}&token={target.Token}&job={target.Job}&id={target.Job}&request={target.Request}&session={target.Session}";

    private static void AssertRefused(Answer answer, string what)
    {
        Assert.False(answer.IsForged, $"{what}: the proof of origin was not taken.");
        Assert.True(
            answer.Status is HttpStatusCode.NotFound or HttpStatusCode.Forbidden or HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity
                || answer.Text.Contains("Nothing to change: it is so already.", StringComparison.Ordinal)
                || (answer.Status == HttpStatusCode.OK && answer.Page!.Document.QuerySelector("[role=alert], [aria-invalid=true], .field-validation-error") is not null),
            $"{what}: {answer.Status}, and no word of refusal. {answer.Text}");
    }

    /// <summary>Messages that were sent meanwhile may be gone, and an erasure made before may be done in the files too; nothing else may change, and nothing may come.</summary>
    private static void Same(SortedSet<string> before, SortedSet<string> after, string what)
    {
        var erased = before.Concat(after).Where(row => row.StartsWith("Erasures | ", StringComparison.Ordinal)).GroupBy(row => row.Split(" | ")[1]).Where(rows => rows.Count() > 1 || rows.Any(before.Contains)).SelectMany(rows => rows).ToHashSet(StringComparer.Ordinal);
        bool IsFollowUp(string row) => erased.Contains(row) || row.StartsWith("HubSecrets | erasure-ledger", StringComparison.Ordinal);
        var changed = after.Except(before).Where(row => !IsFollowUp(row)).Select(row => "+ " + row)
            .Concat(before.Except(after).Where(row => !IsFollowUp(row) && !row.StartsWith("Outbox", StringComparison.Ordinal)).Select(row => "- " + row)).ToList();
        Assert.True(changed.Count == 0, $"{what} changed what it may not:\n{string.Join('\n', changed)}");
    }

    private async Task<List<string>> HandlersAsync()
    {
        var services = actions.Console.Hub.Services;
        var handlers = new List<string>();
        foreach (var endpoint in services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>())
        {
            if (endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not { } page || !page.ViewEnginePath.StartsWith("/Console/", StringComparison.Ordinal))
            {
                continue;
            }

            // A page's handlers are known once it is loaded, as at its first request.
            var loaded = await services.GetRequiredService<PageLoader>().LoadAsync(page, endpoint.Metadata);
            handlers.AddRange(loaded.HandlerMethods.Where(handler => handler.HttpMethod != "Get").Select(handler => $"/{endpoint.RoutePattern.RawText!.TrimStart('/')} {handler.Name}"));
        }

        return [.. handlers.Distinct()];
    }

    private sealed record ActionForm(Browser Browser, string Key, ActionEntry Entry)
    {
        public string Route => Key.Split(' ')[0];

        public bool IsInAccount => Route.Contains("{account}", StringComparison.Ordinal);

        /// <summary>Whether the target is the PRIMARY, or what only the PRIMARY decides.</summary>
        public bool NamesPrimary => Key.Contains("{member}", StringComparison.Ordinal)
            || (!Key.EndsWith("/primary Cancel", StringComparison.Ordinal) && Entry.Forms.Any(form => form.Contains("{member}", StringComparison.Ordinal) || form.Contains("{request}", StringComparison.Ordinal)));

        public string Path(string account)
        {
            var handler = Key.Split(' ')[1];
            return Route.Replace("{account}", account, StringComparison.Ordinal) + (handler.Length > 0 ? "?handler=" + handler : "");
        }
    }

    /// <param name="Status">Of the page that it led to.</param>
    /// <param name="Page">That page; null where it led to a sign-in.</param>
    private sealed record Answer(HttpStatusCode Status, Testing.Page? Page)
    {
        public string Text => Page?.Text ?? "";

        public bool IsForged => Text.Contains("this form was opened too long ago", StringComparison.Ordinal);
    }
}
