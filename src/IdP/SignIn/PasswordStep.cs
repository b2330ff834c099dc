using System.Net;
using System.Net.Sockets;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Sessions;
using IdentityHub.Domain.Users;
using Microsoft.Extensions.Logging;

namespace IdentityHub.IdP.SignIn;

/// <summary>Checks user name and password. Unknown, wrong, locked and inactive give the same answer after the same work.</summary>
internal sealed partial class PasswordStep(IHubStore store, PasswordHashing hashing, HashGate gate, IdPOptions options, ILogger<PasswordStep> logger)
{
    /// <summary>Guesses at one name from one network, by browsers that never signed it in: ten, then one every three minutes.</summary>
    private static readonly Limit ByNameHere = new("sign-in-name-here", 10, TimeSpan.FromMinutes(3));

    /// <summary>The same from everywhere together: who guesses from one network does not lock the owner out of every other.</summary>
    private static readonly Limit ByName = new("sign-in-name", 100, TimeSpan.FromSeconds(36));

    /// <summary>Guesses from a browser that did sign it in: its own, so that strangers cannot use them up.</summary>
    private static readonly Limit ByDevice = new("sign-in-device", 10, TimeSpan.FromMinutes(1));

    private static readonly Actor Self = new Actor.Hub("sign-in");

    internal static readonly TimeSpan LeastWait = TimeSpan.FromSeconds(30);

    private readonly Limit byAddress = AddressLimit(options);

    public abstract record Outcome
    {
        private Outcome() { }

        public sealed record Right(Users.SignInFacts User) : Outcome;

        /// <summary>Whatever the reason.</summary>
        public sealed record Wrong : Outcome;

        /// <summary>Too much at once: from this address, or for the hub.</summary>
        public sealed record Busy(TimeSpan RetryAfter) : Outcome;
    }

    /// <param name="userName">As typed.</param>
    /// <param name="password">As typed.</param>
    /// <param name="address">Of the browser.</param>
    /// <param name="device">What <see cref="DeviceMarks"/> says about the browser: the user who signed in there before, or null.</param>
    /// <param name="cancellationToken">The request's end.</param>
    public async Task<Outcome> CheckAsync(string? userName, string? password, IPAddress? address, DeviceMarks.Mark? device, CancellationToken cancellationToken)
    {
        var name = CanonicalName.Of(userName);
        var facts = name is null ? null : await store.ReadAsync(reader => Users.FindForSignInAsync(reader, name), cancellationToken);
        var network = NetworkOf(address);
        (Limit, string)[] limits = device is not null && device.UserId == facts?.UserId
            ? [(ByDevice, device.Id)]
            : [(ByNameHere, $"{network}|{name}"), (ByName, name ?? "")];

        // The attempt is reserved before the hash is computed: what runs in parallel is counted before it knows anything (CVE-2023-33170).
        // An address that may not try any more uses up nobody's name.
        var (addressMay, nameMay) = await store.WriteAsync(
            Self,
            transaction => Task.FromResult(Throttles.TryReserve(transaction, byAddress, network) is var may && may ? (true, TryReserve(transaction, limits)) : (false, false)),
            cancellationToken);
        if (!addressMay)
        {
            // When one attempt is back, or a little later: an app that asks at every second helps nobody.
            return new Outcome.Busy(options.AddressRefill > LeastWait ? options.AddressRefill : LeastWait);
        }

        var hash = facts?.PasswordHash;
        var typed = password is { Length: <= Passwords.MaxLength } ? password : "";
        if (gate.TryRun(() => hashing.Verify(hash, typed)) is not { } verification)
        {
            await store.WriteAsync(Self, transaction => Task.FromResult(GiveBack(transaction, nameMay ? limits : [], network)), cancellationToken);
            return new Outcome.Busy(TimeSpan.FromSeconds(2));
        }

        var verdict = await verification;
        if (verdict == PasswordVerdict.Wrong || !nameMay || facts is not { Active: true } || typed.Length == 0)
        {
            Log.Refused(logger, facts is null ? "unknown" : !nameMay ? "throttled" : verdict == PasswordVerdict.Wrong ? "wrong password" : "inactive");
            return new Outcome.Wrong();
        }

        await AcceptAsync(facts, verdict, typed, limits, address, cancellationToken);
        return new Outcome.Right(facts);
    }

    /// <summary>Gives the reserved attempts back, and keeps a better hash where parameters moved on.</summary>
    private async Task AcceptAsync(
        Users.SignInFacts facts, PasswordVerdict verdict, string typed, (Limit, string)[] limits, IPAddress? address, CancellationToken cancellationToken)
    {
        // Renewed only when the gate has room: it is no reason to turn anyone away.
        var renewed = verdict == PasswordVerdict.RightButOutdated && gate.TryRun(() => hashing.Hash(typed)) is { } hashed ? await hashed : null;
        await store.WriteAsync(
            new Actor.Person(facts.UserId) { From = SessionDevice.Of(null, address).Address },
            async transaction =>
            {
                GiveBack(transaction, limits, NetworkOf(address));
                if (renewed is not null)
                {
                    await Passwords.RenewHashAsync(transaction, facts.UserId, facts.PasswordHash!, renewed);
                }

                return true;
            },
            cancellationToken);
    }

    private static bool TryReserve(HubTransaction transaction, (Limit Limit, string Subject)[] limits)
    {
        for (var i = 0; i < limits.Length; i++)
        {
            if (!Throttles.TryReserve(transaction, limits[i].Limit, limits[i].Subject))
            {
                // All of them or none.
                foreach (var (limit, subject) in limits[..i])
                {
                    Throttles.GiveBack(transaction, limit, subject);
                }

                return false;
            }
        }

        return true;
    }

    private bool GiveBack(HubTransaction transaction, (Limit Limit, string Subject)[] limits, string network)
    {
        Throttles.GiveBack(transaction, byAddress, network);
        foreach (var (limit, subject) in limits)
        {
            Throttles.GiveBack(transaction, limit, subject);
        }

        return true;
    }

    /// <summary>Attempts from one address, whatever is tried.</summary>
    internal static Limit AddressLimit(IdPOptions options) => new("sign-in-address", options.AddressBurst, options.AddressRefill);

    /// <summary>An IPv4 address, or the /64 that one IPv6 subscriber has.</summary>
    public static string NetworkOf(IPAddress? address)
    {
        if (address is null)
        {
            return "";
        }

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexStringLower(plain.GetAddressBytes().AsSpan(0, 8)) : plain.ToString();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Sign-in refused: {Reason}.")]
        public static partial void Refused(ILogger logger, string reason);
    }
}
