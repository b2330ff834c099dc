using System.Globalization;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Provisioning;

/// <summary>How the account's HR system provisions: where to, with which tokens, what it did, and who came by it. A token is shown in the answer that made it, and never again.</summary>
[Callers(Caller.Administrator), Needs(PermissionMatrix.ManageUsers)]
internal sealed class IndexModel : AccountPage
{
    private const int LogPage = 50;
    private const int MembersPage = 25;

    private static readonly string TooMany = $"{ProvisioningTokens.MostWorking} tokens work already, which is as many as there can be. Revoke one that nobody uses first.";

    /// <summary>For how many days a token can be made; 0 is for ever.</summary>
    public static readonly int[] Lifetimes = [30, 90, 180, 365, 0];

    /// <summary>For how many hours a former token can go on working beside its successor.</summary>
    public static readonly int[] Overlaps = [0, 1, 24, 168, 720];

    /// <summary>What a new token is for.</summary>
    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public int Days { get; set; } = 365;

    [BindProperty]
    public int Overlap { get; set; } = 24;

    /// <summary>Which lines of the log are shown.</summary>
    public ProvisioningLog.Outcome Outcome { get; private set; }

    public string Endpoint => Options.Issuer + "/scim/v2";

    public IReadOnlyList<ProvisioningToken> Tokens { get; private set; } = [];

    public IReadOnlyList<ProvisioningLog.LineView> Log { get; private set; } = [];

    public bool LogHasMore { get; private set; }

    public MemberPage Members { get; private set; } = new([], 0, 1, 1);

    /// <summary>The token that was made by this very request.</summary>
    public string? Made { get; private set; }

    public string? MadeName { get; private set; }

    /// <summary>The token that is about to be replaced, or revoked.</summary>
    public ProvisioningToken? Rotating { get; private set; }

    public ProvisioningToken? Revoking { get; private set; }

    /// <param name="outcome">Which lines of the log.</param>
    /// <param name="before">Where an earlier page of the log ended.</param>
    /// <param name="members">Which page of the members.</param>
    /// <param name="rotate">The token that is about to be replaced.</param>
    /// <param name="revoke">The token that is about to be revoked.</param>
    public async Task<IActionResult> OnGetAsync(ProvisioningLog.Outcome outcome, long? before, int? members, string? rotate, string? revoke)
    {
        Outcome = Enum.IsDefined(outcome) ? outcome : ProvisioningLog.Outcome.Any;
        await LoadAsync(before, members ?? 1);
        Rotating = Tokens.FirstOrDefault(token => token.Id == rotate && CanBeReplaced(token));
        Revoking = Tokens.FirstOrDefault(token => token.Id == revoke && IsGood(token));
        return (rotate is not null && Rotating is null) || (revoke is not null && Revoking is null) ? await NothingHereAsync() : Page();
    }

    public async Task<IActionResult> OnPostMakeAsync()
    {
        // A token acts for as long as it lives, whatever becomes of who made it.
        if (await RequireFreshAsync() is { } signIn)
        {
            return signIn;
        }

        var name = Name?.Trim() ?? "";
        if (name.Length is 0 or > ProvisioningTokens.MaxNameLength || name.Any(char.IsControl))
        {
            ModelState.AddModelError(nameof(Name), $"Say what it is for, in up to {ProvisioningTokens.MaxNameLength} characters.");
        }

        if (!Lifetimes.Contains(Days))
        {
            ModelState.AddModelError(nameof(Days), "Choose for how long it shall work.");
        }

        if (ModelState.IsValid)
        {
            switch (await WriteAsync(transaction => ProvisioningTokens.MakeAsync(transaction, AccountId, name, ExpiryFrom(transaction.Now))))
            {
                case ProvisioningTokens.MakeResult.Made made:
                    return await ShowAsync(made, name);
                case ProvisioningTokens.MakeResult.NameTaken:
                    ModelState.AddModelError(nameof(Name), "There is a token of this name already. Choose another name, or replace that one.");
                    break;
                case ProvisioningTokens.MakeResult.TooMany:
                    ModelState.AddModelError(nameof(Name), TooMany);
                    break;
                default:
                    return await NothingHereAsync();
            }
        }

        await LoadAsync(null, 1);
        return Page();
    }

    public async Task<IActionResult> OnPostRotateAsync(string? token)
    {
        if (await RequireFreshAsync() is { } signIn)
        {
            return signIn;
        }

        if (!Lifetimes.Contains(Days) || !Overlaps.Contains(Overlap) || token is null)
        {
            return await NothingHereAsync();
        }

        var result = await WriteAsync(transaction => ProvisioningTokens.RotateAsync(transaction, AccountId, token, TimeSpan.FromHours(Overlap), ExpiryFrom(transaction.Now)));
        if (result is ProvisioningTokens.MakeResult.Made made)
        {
            return await ShowAsync(made, null);
        }

        if (result is ProvisioningTokens.MakeResult.TooMany)
        {
            return Back("Nothing was changed. " + TooMany);
        }

        return await IsTokenHereAsync(token) ? Back("Nothing was changed: this token was replaced or revoked meanwhile.") : await NothingHereAsync();
    }

    public async Task<IActionResult> OnPostRevokeAsync(string? token)
    {
        if (token is not null && await WriteAsync(transaction => ProvisioningTokens.RevokeAsync(transaction, AccountId, token)))
        {
            Flash("The token is revoked. It stopped working at once.");
            return RedirectToPage();
        }

        return token is not null && await IsTokenHereAsync(token) ? Back("This token was revoked already. Nothing was changed.") : await NothingHereAsync();
    }

    /// <summary>Whether a token works now.</summary>
    public bool IsGood(ProvisioningToken token) => token.RevokedAt is null && (token.ExpiresAt is not { } end || end > Now);

    /// <summary>Whether a token can be given a successor: one that has one already cannot.</summary>
    public static bool CanBeReplaced(ProvisioningToken token) => token.RevokedAt is null && token.RotatedAt is null;

    private DateTimeOffset Now { get; set; }

    private DateTimeOffset? ExpiryFrom(DateTimeOffset now) => Days == 0 ? null : now + TimeSpan.FromDays(Days);

    /// <summary>Shown in this answer alone: there is no address under which it could be seen again, and nothing keeps the answer.</summary>
    private async Task<IActionResult> ShowAsync(ProvisioningTokens.MakeResult.Made made, string? name)
    {
        await LoadAsync(null, 1);
        (Made, MadeName) = (made.Token, name ?? Tokens.FirstOrDefault(token => token.Id == made.Id)?.Name);
        (Name, Days) = (null, 365);
        ModelState.Clear();
        return Page();
    }

    private RedirectToPageResult Back(string fault)
    {
        FlashError(fault);
        return RedirectToPage();
    }

    private Task<bool> IsTokenHereAsync(string token) =>
        ReadAsync(async reader => (await ProvisioningTokens.ListAsync(reader, AccountId)).Any(row => row.Id == token));

    private Task<bool> LoadAsync(long? before, int members) => ReadAsync(async reader =>
    {
        Now = reader.Now;
        Tokens = await ProvisioningTokens.ListAsync(reader, AccountId);
        var log = await ProvisioningLog.LatestNamedAsync(reader, AccountId, LogPage + 1, before, Outcome);
        LogHasMore = log.Count > LogPage;
        Log = [.. log.Take(LogPage)];
        Members = await MemberList.ReadAsync(reader, new(AccountId, new() { Source = MemberSource.Provisioning }, new(), members, MembersPage));
        return true;
    });

    public static string Lifetime(int days) => days == 0 ? "Until it is revoked" : string.Create(CultureInfo.InvariantCulture, $"{days} days");

    public static string OverlapWords(int hours) => hours switch
    {
        0 => "Not at all: it stops at once",
        1 => "For an hour",
        24 => "For a day",
        _ => string.Create(CultureInfo.InvariantCulture, $"For {hours / 24} days"),
    };
}
