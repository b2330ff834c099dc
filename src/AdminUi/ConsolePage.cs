using IdentityHub.AdminUi.SignIn;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Seats;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityHub.AdminUi;

/// <summary>A page of the console. <see cref="ConsoleGate"/> has let the person in before any handler runs.</summary>
public abstract class ConsolePage : PageModel
{
    internal const string FlashKey = "flash";
    internal const string FlashErrorKey = "flash-error";
    internal const string FlashUndoKey = "flash-undo";

    /// <summary>How long ago somebody may have proved who they are where a page wants it fresh.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    /// <summary>A form that was opened in time may be sent a while later.</summary>
    private static readonly TimeSpan FreshForForms = TimeSpan.FromMinutes(15);

    public ConsolePerson Person => HttpContext.Items[typeof(ConsolePerson)] as ConsolePerson ?? throw new InvalidOperationException("No page of the console is reached without its gate.");

    /// <summary>Who acts, and from where.</summary>
    protected Actor Actor => ConsoleSessions.ActorOf(HttpContext, Person.UserId);

    protected IHubStore Store => HttpContext.RequestServices.GetRequiredService<IHubStore>();

    protected AdminUiOptions Options => HttpContext.RequestServices.GetRequiredService<AdminUiOptions>();

    protected CancellationToken Aborted => HttpContext.RequestAborted;

    /// <summary>Says at the top of the next page that something was done.</summary>
    protected void Flash(string sentence) => TempData[FlashKey] = sentence;

    /// <summary>The same with a button that takes it back.</summary>
    /// <param name="sentence">What was done.</param>
    /// <param name="button">What the button says.</param>
    /// <param name="address">Where its form is sent, without a field: a path of the console and its handler.</param>
    protected void FlashWithUndo(string sentence, string button, string address)
    {
        Flash(sentence);
        TempData[FlashUndoKey] = new[] { button, address };
    }

    /// <summary>Says at the top of the next page that something was not done.</summary>
    protected void FlashError(string sentence) => TempData[FlashErrorKey] = sentence;

    protected Task<T> ReadAsync<T>(Func<HubReader, Task<T>> work) => Store.ReadAsync(work, Aborted);

    protected Task<T> WriteAsync<T>(Func<HubTransaction, Task<T>> work) => Store.WriteAsync(Actor, work, Aborted);

    private TimeSpan SinceSignIn => HttpContext.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow() - Person.AuthTime;

    /// <summary>Whether the person proved who they are so short a time ago that a form which they fill in now will be taken.</summary>
    public bool IsFresh => SinceSignIn <= Fresh && Person.GaveFactors;

    /// <summary>Has the person prove again who they are where that was too long ago: for what cannot be undone. They come back to this page.</summary>
    /// <param name="back">Where they come back to instead: a path of the console with its query.</param>
    /// <returns>Null when it is fresh; otherwise the answer, already begun.</returns>
    protected async Task<IActionResult?> RequireFreshAsync(string? back = null)
    {
        var isForm = Microsoft.AspNetCore.Http.HttpMethods.IsPost(Request.Method);
        if (SinceSignIn <= (isForm ? FreshForForms : Fresh) && Person.GaveFactors)
        {
            return null;
        }

        if (isForm)
        {
            FlashError("Nothing was done yet: for this you had to sign in again first. You can do it now.");
        }

        await HttpContext.RequestServices.GetRequiredService<ConsoleSignIn>().BeginAsync(
            HttpContext, new(back ?? ConsoleGate.FormAddress(HttpContext)) { Account = Person.Place?.AccountId, MaxAge = (int)Fresh.TotalSeconds, AcrValues = Assurance.MultiFactor });
        return new EmptyResult();
    }

    /// <summary>The same for what takes a passkey: to be called only for who has one.</summary>
    /// <param name="say">Whether something was asked for that was not done.</param>
    protected async Task<IActionResult> SignInWithPasskeyAsync(bool say = true)
    {
        if (say)
        {
            FlashError("Nothing was done yet: for this you had to sign in with your passkey first. You can do it now.");
        }

        await HttpContext.RequestServices.GetRequiredService<ConsoleSignIn>().BeginAsync(
            HttpContext, new(ConsoleGate.FormAddress(HttpContext)) { Account = Person.Place?.AccountId, MaxAge = (int)Fresh.TotalSeconds, AcrValues = Assurance.PhishingResistant, IsEssential = true });
        return new EmptyResult();
    }

    /// <summary>What to do for what takes a passkey, for who has none.</summary>
    protected static string PasskeyNeeded => "For this you sign in with a passkey, and you have none. Add one under “Second factors” in your own settings, sign in with it, and come back.";

    /// <summary>Nothing here, whoever asks: what is another account's is not told apart from what never was.</summary>
    protected async Task<IActionResult> NothingHereAsync()
    {
        await ConsoleAnswer.WriteAsync(HttpContext, 404, "There is nothing here", "The address is wrong, or what was here is gone.", "/admin", "Go to the console");
        return new EmptyResult();
    }
}

/// <summary>A page under <c>/admin/accounts/{account}</c>. The person acts in the account that the address names.</summary>
public abstract class AccountPage : ConsolePage
{
    public string AccountId => Person.Place!.AccountId;

    public string AccountName => Person.Place!.AccountName;

    /// <summary>The person's own membership here.</summary>
    public string OwnMembershipId => Person.Place!.Id;

    public IReadOnlyList<Seats.PoolOfAccount> SeatPools => Person.SeatPools;
}

/// <summary>A page under <c>/me</c>: about the person themself.</summary>
public abstract class OwnPage : ConsolePage;

/// <summary>A page under <c>/admin/hub</c>: for who runs the hub.</summary>
public abstract class OperatorPage : ConsolePage;
