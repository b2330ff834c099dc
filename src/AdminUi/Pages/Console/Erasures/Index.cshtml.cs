using System.Text;
using IdentityHub.AdminUi.Reports;
using IdentityHub.Domain.Erasing;
using IdentityHub.Domain.Keys;
using IdentityHub.Domain.Permissions;
using Microsoft.AspNetCore.Mvc;

namespace IdentityHub.AdminUi.Pages.Console.Erasures;

/// <summary>That people were erased from an account, without whom, and a signed receipt of each.</summary>
[Callers(Caller.Administrator)]
[Needs(PermissionMatrix.ManageUsers)]
internal sealed class IndexModel(IStatementSigner signer, AdminUiOptions options, TimeProvider time) : AccountPage
{
    private const int PageSize = 50;

    public IReadOnlyList<ErasureRecord> Erased { get; private set; } = [];

    /// <summary>Where the next page begins; null where there is none.</summary>
    public long? Next { get; private set; }

    public async Task OnGetAsync(long? before)
    {
        var until = before is >= 0 and < 253_402_300_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds(before.Value) : (DateTimeOffset?)null;
        var rows = await ReadAsync(reader => Domain.Erasing.Erasures.ListAsync(reader, AccountId, PageSize + 1, until));
        Next = rows.Count > PageSize ? rows[PageSize - 1].At.ToUnixTimeMilliseconds() : null;
        Erased = [.. rows.Take(PageSize)];
    }

    public async Task<IActionResult> OnGetReceiptAsync(string? id)
    {
        if (id is null || await ReadAsync(reader => Domain.Erasing.Erasures.FindAsync(reader, AccountId, id)) is not { } erasure)
        {
            return await NothingHereAsync();
        }

        var receipt = signer.Sign(ErasureReceipt.Type, ErasureReceipt.ClaimsOf(erasure, options.Issuer, time.GetUtcNow()));
        return File(Encoding.ASCII.GetBytes(receipt), "application/jose", $"erasure-receipt-{ReportWords.Iso(DateOnly.FromDateTime(erasure.At.UtcDateTime))}-{erasure.Id[..8]}.jws");
    }
}
