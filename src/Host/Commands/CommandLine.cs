using System.Globalization;
using System.Text;
using IdentityHub.Host.Configuration;

namespace IdentityHub.Host.Commands;

/// <summary>The commands of the hub's one program.</summary>
internal static class CommandLine
{
    private const string Usage =
        """
        IdentityHub
          (no command)      serve, with the configuration of appsettings.json, the environment and the command line
          demo              serve demo content with two sample relying apps and a mail viewer, on loopback only
          apply FILE        apply a configuration file to the database and exit
          keys rotate       make new signing keys, which take over in ten minutes; with --now at once
          audit verify      go through the whole audit and say whether it is as it was written
          backup FILE       write a consistent copy of the database to a new file; the hub may serve meanwhile
          restore FILE      put a copy in the place of the database, while the hub does not serve; whom the hub erased since is erased again
          erasures rewrite-ledger
                            write the ledger of erasures anew from this database, when the ledger was lost
          thaw USERNAME     let a user sign in again whose sign-in is frozen: for an operator whom no other operator could help
          tokens            list, make, rotate and revoke the provisioning tokens of an account
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        // Numbers and dates are the protocols', not the machine's.
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            RefuseWithoutUnicode();
            return args switch
            {
                ["demo", .. var rest] => await DemoCommand.RunAsync(rest),
                ["apply", var file, .. var rest] when !file.StartsWith("--", StringComparison.Ordinal) => await ApplyCommand.RunAsync(file, rest),
                ["backup", var file, .. var rest] when !file.StartsWith("--", StringComparison.Ordinal) => await BackupCommand.RunAsync(file, rest),
                ["restore", var file, .. var rest] when !file.StartsWith("--", StringComparison.Ordinal) => await RestoreCommand.RunAsync(file, rest),
                ["erasures", "rewrite-ledger", .. var rest] => await RewriteLedgerCommand.RunAsync(rest),
                ["thaw", var name, .. var rest] when !name.StartsWith("--", StringComparison.Ordinal) => await ThawCommand.RunAsync(name, rest),
                ["tokens", .. var rest] => await TokensCommand.RunAsync(rest),
                ["audit", "verify", .. var rest] => await AuditCommand.RunAsync(rest),
                ["load", .. var rest] => await LoadCommand.RunAsync(rest),
                ["keys", "rotate", "--now", .. var rest] => await RotateKeysCommand.RunAsync(TimeSpan.Zero, rest),
                ["keys", "rotate", .. var rest] => await RotateKeysCommand.RunAsync(Domain.Keys.KeyRotation.AnnouncedByCommand, rest),
                ["help" or "--help" or "-h", ..] => Help(0),
                [] or [['-', '-', ..], ..] => await ServeCommand.RunAsync(args),
                _ => Help(2),
            };
        }
        catch (StartFailedException fault)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return 1;
        }
    }

    /// <summary>Without ICU the framework's normalization silently answers its input: look-alike names would be different users with throttles of their own.</summary>
    private static void RefuseWithoutUnicode()
    {
        if ("\uFF21".Normalize(NormalizationForm.FormKC) != "A")
        {
            throw new StartFailedException(
                "This machine lacks ICU, or DOTNET_SYSTEM_GLOBALIZATION_INVARIANT keeps it from being used: sign-in names could not be compared. "
                + "Install ICU (on Debian the package libicu) and unset that variable.");
        }
    }

    /// <summary>Reads the options, or stops with everything that is wrong in one message.</summary>
    public static HubOptions ReadOptions(IConfiguration configuration) => HubOptionsReader.Read(configuration, Directory.GetCurrentDirectory()) switch
    {
        HubConfiguration.Read read => read.Options,
        HubConfiguration.Faults faults => throw new StartFailedException(faults.Render()),
        _ => throw new InvalidOperationException("The result is closed."),
    };

    private static int Help(int exitCode)
    {
        (exitCode == 0 ? Console.Out : Console.Error).WriteLine(Usage);
        return exitCode;
    }
}
