using System.Data.Common;
using System.Globalization;
using IdentityHub.Domain.Sealing;

namespace IdentityHub.Domain.Persistence;

/// <summary>A place to read from: named queries take one.</summary>
public class HubReader
{
    private readonly Func<HubDb> openDb;
    private HubDb? db;

    internal HubReader(HubConnection connection, Func<HubDb> openDb, Sealer sealer, DateTimeOffset now)
    {
        Connection = connection;
        this.openDb = openDb;
        Sealer = sealer;
        Now = now;
    }

    /// <summary>The moment at which the work began; everything in it happens at this moment.</summary>
    public DateTimeOffset Now { get; }

    internal HubConnection Connection { get; }

    internal Sealer Sealer { get; }

    /// <summary>The schema as EF Core sees it; made at first use, so that hot statements never pay for it.</summary>
    internal HubDb Db => db ??= openDb();

    /// <summary>Whether <see cref="Db"/> was used.</summary>
    internal bool HasDb => db is not null;

    internal void Release() => db?.Dispose();
}

/// <summary>One connection with its prepared statements.</summary>
internal sealed class HubConnection(DbConnection connection) : IDisposable
{
    /// <summary>The shapes of questions that callers put together are few; somebody who asks in ever new ones makes no more of them stay than this.</summary>
    private const int MostComposed = 48;

    private readonly Dictionary<Statement, DbCommand> prepared = [];
    private readonly Dictionary<string, DbCommand> composed = new(StringComparer.Ordinal);

    public DbConnection Inner => connection;

    /// <summary>The statement with these values for its parameters, in their order in <see cref="Statement.Parameters"/>.</summary>
    public DbCommand Bind(Statement statement, params ReadOnlySpan<object?> values)
    {
        if (!prepared.TryGetValue(statement, out var command))
        {
            command = statement.Prepare(connection);
            prepared.Add(statement, command);
        }

        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        return command;
    }

    /// <summary>SQL that was put together from constants, with its values as <c>@p0</c>, <c>@p1</c> and so on. Prepared once for each text.</summary>
    public DbCommand Bind(string sql, IReadOnlyList<object> values)
    {
        if (!composed.TryGetValue(sql, out var command))
        {
            if (composed.Count >= MostComposed)
            {
                Dispose(composed.Values);
                composed.Clear();
            }

            var names = Enumerable.Range(0, values.Count).Select(i => "@p" + i.ToString(CultureInfo.InvariantCulture));
            command = new Statement(sql, [.. names]).Prepare(connection);
            composed.Add(sql, command);
        }

        for (var i = 0; i < values.Count; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        return command;
    }

    /// <returns>The first column of the first row; null when there is none.</returns>
    public object? Scalar(Statement statement, params ReadOnlySpan<object?> values) => Bind(statement, values).ExecuteScalar();

    /// <returns>The first column of every row.</returns>
    public IReadOnlyList<string> Texts(Statement statement, params ReadOnlySpan<object?> values)
    {
        using var row = Bind(statement, values).ExecuteReader();
        List<string>? texts = null;
        while (row.Read())
        {
            (texts ??= []).Add(row.GetString(0));
        }

        return texts is null ? [] : texts;
    }

    public int Execute(Statement statement, params ReadOnlySpan<object?> values) => Bind(statement, values).ExecuteNonQuery();

    public void Dispose()
    {
        Dispose(prepared.Values);
        Dispose(composed.Values);
        connection.Dispose();
    }

    private static void Dispose(IEnumerable<DbCommand> commands)
    {
        foreach (var command in commands)
        {
            command.Dispose();
        }
    }
}

/// <summary>SQL that every engine takes, prepared once per connection. For the paths on which EF Core's share of the time would show.</summary>
/// <param name="Sql">Names its parameters <c>@name</c>; moments are Unix milliseconds.</param>
/// <param name="Parameters">The names in the order in which values are given.</param>
internal sealed record Statement(string Sql, params string[] Parameters)
{
    public DbCommand Prepare(DbConnection connection)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is a constant of the code; values are parameters.
        command.CommandText = Sql;
#pragma warning restore CA2100
        foreach (var name in Parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            command.Parameters.Add(parameter);
        }

        return command;
    }

    public bool Equals(Statement? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
