using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;

namespace IdentityHub.Domain.Credentials;

/// <summary>A person who is signed in changes their own password. The present one is asked for, through the same gate and under limits as at a sign-in.</summary>
public sealed class OwnPassword(IHubStore store, PasswordHashing hashing, HashGate gate)
{
    /// <summary>Guesses of somebody who sits at another's signed-in browser: ten, then one every three minutes.</summary>
    private static readonly Limit Guesses = new("own-password", 10, TimeSpan.FromMinutes(3));

    private static readonly Actor Self = new Actor.Hub("own password");

    public abstract record Result
    {
        private Result() { }

        /// <param name="SessionsEnded">How many other sessions ended with it.</param>
        public sealed record Changed(int SessionsEnded) : Result;

        /// <summary>The present password is another. Nothing was changed.</summary>
        public sealed record Wrong : Result;

        /// <summary>The new password may not be used. Nothing was changed.</summary>
        /// <param name="Why">A sentence for the person.</param>
        public sealed record NotAllowed(string Why) : Result;

        /// <summary>Too many guesses, or too much work for the hub just now. Nothing was changed.</summary>
        public sealed record Busy : Result;

        /// <summary>There is no password to change: the person has none, or may not sign in any more.</summary>
        public sealed record None : Result;
    }

    /// <param name="person">Who acts, on their own behalf.</param>
    /// <param name="present">The password as it is, as typed.</param>
    /// <param name="next">The new one, as typed.</param>
    /// <param name="keptSessionId">The session in which they act: it goes on.</param>
    /// <param name="endOthers">Whether every other session of theirs ends.</param>
    /// <param name="cancellationToken">The request's end.</param>
    public async Task<Result> ChangeAsync(Actor.Person person, string? present, string? next, string keptSessionId, bool endOthers, CancellationToken cancellationToken)
    {
        var (user, hash) = await store.ReadAsync(
            async reader => (await Users.Users.FindAsync(reader, person.UserId), await Passwords.HashOfAsync(reader, person.UserId)), cancellationToken);
        if (user is not { Active: true } || hash is null)
        {
            return new Result.None();
        }

        if (PasswordRules.Check(next, user.UserName) is { } why)
        {
            return new Result.NotAllowed(why);
        }

        if (await VerifyAsync(person.UserId, hash, present ?? "", cancellationToken) is { } refused)
        {
            return refused;
        }

        if (string.Equals(present, next, StringComparison.Ordinal))
        {
            return new Result.NotAllowed("Choose another password than the present one.");
        }

        if (gate.TryRun(() => hashing.Hash(next!)) is not { } hashed)
        {
            return new Result.Busy();
        }

        var fresh = await hashed;
        return await store.WriteAsync<Result>(
            person,
            async transaction =>
                await Passwords.ReplaceOwnAsync(transaction, person.UserId, hash, fresh, keptSessionId, endOthers) is { } ended ? new Result.Changed(ended) : new Result.Wrong(),
            cancellationToken);
    }

    /// <returns>Null when the password is right.</returns>
    private async Task<Result?> VerifyAsync(string userId, string hash, string typed, CancellationToken cancellationToken)
    {
        // Reserved before the hash is computed, as at a sign-in: what runs in parallel is counted before it knows anything.
        if (!await store.WriteAsync(Self, transaction => Task.FromResult(Throttles.TryReserve(transaction, Guesses, userId)), cancellationToken))
        {
            return new Result.Busy();
        }

        var verification = gate.TryRun(() => typed.Length <= Passwords.MaxLength ? hashing.Verify(hash, typed) : PasswordVerdict.Wrong);
        if (verification is not null && await verification == PasswordVerdict.Wrong)
        {
            return new Result.Wrong();
        }

        await store.WriteAsync(
            Self,
            transaction =>
            {
                Throttles.GiveBack(transaction, Guesses, userId);
                return Task.FromResult(true);
            },
            cancellationToken);
        return verification is null ? new Result.Busy() : null;
    }
}
