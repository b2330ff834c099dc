using System.Net;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using IdentityHub.Domain.Users;
using IdentityHub.IdP.Authorize;
using IdentityHub.IdP.SignIn;
using IdentityHub.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityHub.IdP.Tests.SignIn.Factors;

/// <summary>What changes after the decision and before the grant is written counts: what is granted is decided with what is true in that very transaction.</summary>
[Collection(FactorCollection.Name)]
public sealed class DecidedOnceMoreTests(FactorHub fixture)
{
    private readonly RunningHub hub = fixture.Hub;

    private static readonly AuthorizeRequest Request = new() { ClientId = "portal", RedirectUri = SampleDirectory.PortalRedirect, ResponseMode = "query", Scope = "openid" };

    [Fact]
    [Spec("OpenID Connect Core", "3.1.2.3")]
    public async Task A_factor_required_after_the_decision_is_asked_for_and_nothing_is_granted()
    {
        var person = await fixture.AddAsync();
        var context = await SignedInAsync(person);
        await Flow(() => RequireAsync(person)).BeginAsync(context, Request, await ClientAsync());
        Assert.StartsWith("/sign-in/enrol?tx=", context.Response.Headers.Location.ToString());
        Assert.Equal(0, GrantsOf(person));
    }

    [Fact]
    [Spec("OpenID Connect Core", "3.1.2.6")]
    public async Task A_silent_request_gets_the_error_then()
    {
        var person = await fixture.AddAsync();
        var context = await SignedInAsync(person);
        await Flow(() => RequireAsync(person)).BeginAsync(context, Request with { Prompt = ["none"] }, await ClientAsync());
        Assert.Contains("error=interaction_required", context.Response.Headers.Location.ToString());
        Assert.Equal(0, GrantsOf(person));
    }

    [Fact]
    public async Task A_sign_in_under_way_goes_on_and_is_not_used_up()
    {
        var person = await fixture.AddAsync();
        var context = await SignedInAsync(person);
        var id = await hub.WriteAsync(transaction => SignIns.BeginAsync(transaction, "a browser of its own", "{}"));
        var row = await hub.WriteAsync(transaction => SignIns.FindOpenAsync(transaction, id));
        var current = new CurrentSignIn(row!, Request, await ClientAsync());
        await Flow(() => RequireAsync(person)).GoOnAsync(context, current);
        Assert.Equal("/sign-in/enrol?tx=" + id, context.Response.Headers.Location.ToString());
        Assert.Equal(0, GrantsOf(person));
        Assert.NotNull(await hub.WriteAsync(transaction => SignIns.FindOpenAsync(transaction, id)));
    }

    [Fact]
    public async Task A_client_that_wants_more_since_then_gets_no_less()
    {
        var person = await fixture.AddAsync();
        var context = await SignedInAsync(person);
        var client = await ClientAsync();
        try
        {
            await Flow(() => RequireMfa(true)).BeginAsync(context, Request, client);
        }
        finally
        {
            await RequireMfa(false);
        }

        Assert.StartsWith("/sign-in/enrol?tx=", context.Response.Headers.Location.ToString());
        Assert.Equal(0, GrantsOf(person));
    }

    [Fact]
    public async Task Where_nothing_changed_the_app_gets_its_code()
    {
        var person = await fixture.AddAsync();
        var context = await SignedInAsync(person);
        await Flow(() => Task.CompletedTask).BeginAsync(context, Request, await ClientAsync());
        Assert.StartsWith(SampleDirectory.PortalRedirect + "?code=", context.Response.Headers.Location.ToString());
        Assert.Equal(1, GrantsOf(person));
    }

    private SignInFlow Flow(Func<Task> meanwhile) =>
        ActivatorUtilities.CreateInstance<SignInFlow>(hub.Services, new MeanwhileStore(hub.Services.GetRequiredService<IHubStore>(), meanwhile));

    private Task<Domain.Accounts.Memberships.ChangeResult> RequireAsync(Person person) => hub.WriteAsync(transaction => Memberships.RequireTwoFactorAsync(transaction, person.MembershipId, true));

    private Task RequireMfa(bool required)
    {
        fixture.Sql("""UPDATE "Clients" SET "RequireMfa" = @required WHERE "Id" = 'portal'""", ("@required", required ? 1 : 0));
        return Task.CompletedTask;
    }

    private long GrantsOf(Person person) => fixture.Count("""SELECT COUNT(*) FROM "Grants" WHERE "UserId" = @id""", ("@id", person.UserId));

    private async Task<Client> ClientAsync() => (await hub.ReadAsync(reader => Task.FromResult(Clients.Find(reader, "portal"))))!;

    /// <summary>A request of a browser in which the person gave their password.</summary>
    private async Task<HttpContext> SignedInAsync(Person person)
    {
        var context = new DefaultHttpContext { RequestServices = hub.Services };
        context.Connection.RemoteIpAddress = IPAddress.Loopback;
        var started = await hub.WriteAsync(async transaction =>
        {
            var user = (await Users.FindAsync(transaction, person.UserId))!;
            return await Sessions.StartAsync(transaction, user.Id, user.Epoch, hub.Time.Now, Assurance.Of(Evidence.Password).Amr, new("Test", "127.0.0.1"), Evidence.Password);
        });
        hub.Services.GetRequiredService<SignInFlow>().UseSession(context, started!.Value.Secret);
        return context;
    }

    /// <summary>Before the first write something else is written, which waited for its turn less long.</summary>
    private sealed class MeanwhileStore(IHubStore store, Func<Task> meanwhile) : IHubStore
    {
        private bool isDone;

        public async Task<T> WriteAsync<T>(Actor actor, Func<HubTransaction, Task<T>> work, CancellationToken cancellationToken = default)
        {
            if (!isDone)
            {
                isDone = true;
                await meanwhile();
            }

            return await store.WriteAsync(actor, work, cancellationToken);
        }

        public Task<T> ReadAsync<T>(Func<HubReader, Task<T>> work, CancellationToken cancellationToken = default) => store.ReadAsync(work, cancellationToken);
    }
}
