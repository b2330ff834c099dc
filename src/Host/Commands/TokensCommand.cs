using System.Globalization;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;
using IdentityHub.Scim;

namespace IdentityHub.Host.Commands;

/// <summary>Provisioning tokens of an account: list, make, rotate, revoke. Takes effect at once in a hub that is running.</summary>
internal static class TokensCommand
{
    public const string Usage =
        """
        tokens list ACCOUNT                           the account's provisioning tokens, without the tokens themselves
        tokens make ACCOUNT NAME [--days N]           make one and show it, once; with --days it ends after so many
        tokens rotate ACCOUNT ID [--overlap HOURS]    make its successor; the former goes on working for 24 hours, or so many
        tokens revoke ACCOUNT ID                      end one at once
        """;

    private static readonly Actor Operator = new Actor.Hub("command line");

    public static async Task<int> RunAsync(string[] args)
    {
        return args switch
        {
            ["list", var account, .. var rest] => await WithAsync(rest, services => ListAsync(services, account)),
            ["make", var account, var name, "--days", var days, .. var rest] => await MakeAsync(account, name, Number(days, "--days", 3650), rest),
            ["make", var account, var name, .. var rest] => await MakeAsync(account, name, null, rest),
            ["rotate", var account, var id, "--overlap", var hours, .. var rest] => await RotateAsync(account, id, Number(hours, "--overlap", 8760), rest),
            ["rotate", var account, var id, .. var rest] => await RotateAsync(account, id, 24, rest),
            ["revoke", var account, var id, .. var rest] => await WithAsync(rest, services => RevokeAsync(services, account, id)),
            _ => throw new StartFailedException("Tell what to do with which account's tokens:\n" + Usage),
        };
    }

    private static async Task<int> WithAsync(string[] args, Func<IServiceProvider, Task<int>> work)
    {
        await using var services = await CoreServices.OpenAsync(args);
        return await work(services);
    }

    private static Task<int> MakeAsync(string account, string name, int? days, string[] args) => WithAsync(args, async services =>
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > ProvisioningTokens.MaxNameLength)
        {
            throw new StartFailedException($"A token's name has 1 to {ProvisioningTokens.MaxNameLength} characters.");
        }

        return Show(services, await Store(services).WriteAsync(Operator, transaction => ProvisioningTokens.MakeAsync(
            transaction, account, name, days is { } count ? transaction.Now.AddDays(count) : null)));
    });

    private static Task<int> RotateAsync(string account, string id, int hours, string[] args) => WithAsync(args, async services =>
        Show(services, await Store(services).WriteAsync(Operator, transaction => ProvisioningTokens.RotateAsync(transaction, account, id, TimeSpan.FromHours(hours), expiresAt: null))));

    private static async Task<int> RevokeAsync(IServiceProvider services, string account, string id)
    {
        var revoked = await Store(services).WriteAsync(Operator, transaction => ProvisioningTokens.RevokeAsync(transaction, account, id));
        Console.WriteLine(revoked ? "Revoked: it works no more." : "The account has no such token that still works.");
        return revoked ? 0 : 1;
    }

    private static async Task<int> ListAsync(IServiceProvider services, string account)
    {
        if (!await Store(services).ReadAsync(reader => Accounts.ExistsAsync(reader, account)))
        {
            throw new StartFailedException($"There is no account {account}.");
        }

        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        foreach (var token in await Store(services).ReadAsync(reader => ProvisioningTokens.ListAsync(reader, account)))
        {
            Console.WriteLine($"{token.Id}  {token.Name}  {StateOf(token, now)}  made {Day(token.CreatedAt)}  last used {(token.LastUsedAt is { } used ? Day(used) : "never")}");
        }

        return 0;
    }

    private static string StateOf(ProvisioningToken token, DateTimeOffset now) => token switch
    {
        { RevokedAt: { } revoked } => $"revoked {Day(revoked)}",
        { ExpiresAt: { } end } when end <= now => $"ended {Day(end)}",
        { ExpiresAt: { } end } => $"works until {Day(end)}",
        _ => "works",
    };

    private static int Show(IServiceProvider services, ProvisioningTokens.MakeResult result)
    {
        switch (result)
        {
            case ProvisioningTokens.MakeResult.Made made:
                Console.WriteLine($"The HR system's base address is {services.GetRequiredService<Configuration.HubOptions>().Issuer}{ScimOptions.Path}");
                Console.WriteLine($"Token {made.Id}, shown this once:\n{made.Token}");
                return 0;
            case ProvisioningTokens.MakeResult.NoSuchAccount:
                throw new StartFailedException("There is no such account.");
            case ProvisioningTokens.MakeResult.NameTaken:
                throw new StartFailedException("A token of the account has this name already. Rotate or revoke that one, or choose another name.");
            case ProvisioningTokens.MakeResult.TooMany:
                throw new StartFailedException($"{ProvisioningTokens.MostWorking} tokens of the account work already. Revoke one that nobody uses first.");
            default:
                throw new StartFailedException("The account has no such token that still works.");
        }
    }

    private static string Day(DateTimeOffset moment) => moment.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);

    private static IHubStore Store(IServiceProvider services) => services.GetRequiredService<IHubStore>();

    private static int Number(string text, string option, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= (option == "--days" ? 1 : 0) && number <= most
            ? number
            : throw new StartFailedException($"{option} takes a whole number up to {most}.");
}
