using System.Globalization;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Host.Commands;

/// <summary>Verifies the audit, beside a hub that is running or not.</summary>
internal static class AuditCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var (kept, rest) = args is ["--head", var head, .. var others] ? (HeadOf(head), others) : (null, args);
        await using var services = await CoreServices.OpenAsync(rest);
        return Show(await AuditVerification.RunAsync(services.GetRequiredService<IHubStore>(), kept, CancellationToken.None), Console.Out);
    }

    /// <returns>The exit code: 0 when the audit is whole.</returns>
    internal static int Show(AuditVerification.Result result, TextWriter output)
    {
        switch (result)
        {
            case AuditVerification.Result.Whole whole:
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The audit is whole: {whole.Entries} entries, each bound to the one before."));
                if (whole.Older > 0)
                {
                    output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{whole.Older} older entries were written before entries were bound: nothing can be said of those."));
                }

                if (whole.Erased > 0)
                {
                    output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Out of {whole.Erased} entries a person was erased since; what remains of them is as it was."));
                }

                if (whole.HeadHash is not null)
                {
                    output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Head: {whole.HeadSequence}:{whole.HeadHash}"));
                    output.WriteLine("Keep the head in another place. That the newest entries were taken away shows only against one that was kept: audit verify --head HEAD");
                }

                return 0;
            case AuditVerification.Result.NotErasedByHub erased:
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"BROKEN: who did it is gone from {erased.Found.AsActor} entries and whom it was done to from {erased.Found.AsSubject}; the hub erased {erased.Told.AsActor} and {erased.Told.AsSubject}."));
                return 1;
            case AuditVerification.Result.HeadIsGone gone:
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"BROKEN: the audit does not pass through the head that was kept. Entry {gone.Sequence}, or everything from some entry before it on, was replaced or taken away."));
                return 1;
            case AuditVerification.Result.Broken broken:
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"BROKEN at entry {broken.Sequence}: {Words(broken.Fault)} {broken.Before} entries before it are as they were written."));
                return 1;
            default:
                throw new InvalidOperationException("The result is closed.");
        }
    }

    private static string Words(AuditVerification.Fault fault) => fault switch
    {
        AuditVerification.Fault.Missing => "entries right before it are gone.",
        AuditVerification.Fault.NotChained => "it has no hash, although the chain had begun.",
        AuditVerification.Fault.WrongBeginning => "the chain does not begin where the hub began it, or nothing says any more where that was.",
        AuditVerification.Fault.WrongHash => "it does not follow from the one before: one of them was changed, moved, put in or taken out.",
        AuditVerification.Fault.WrongContent => "what it says of people, details or origin is not what was written.",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, null),
    };

    private static (long Sequence, string Hash)? HeadOf(string text) =>
        text.Split(':') is [var number, { Length: 64 } hash] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? (sequence, hash)
            : throw new StartFailedException("--head takes a head as an earlier run printed it: a number, a colon and 64 hexadecimal digits.");
}
