using System.Collections.Immutable;
using System.Text;

namespace IdentityHub.Host.Configuration;

/// <summary>One thing that is wrong with the configuration. No part of it repeats a secret.</summary>
/// <param name="Key">The key as the documentation writes it (<c>Hub:Mail:Mode</c>), or as it was found when it is unknown.</param>
/// <param name="Wrong">What is wrong, as a sentence.</param>
/// <param name="Mend">What to do, as a sentence.</param>
internal sealed record ConfigurationFault(string Key, string Wrong, string Mend);

/// <summary>What became of reading the configuration: a closed set.</summary>
internal abstract record HubConfiguration
{
    private HubConfiguration()
    {
    }

    /// <summary>Everything is right.</summary>
    public sealed record Read(HubOptions Options) : HubConfiguration;

    /// <summary>Everything that is wrong; never empty.</summary>
    public sealed record Faults(ImmutableArray<ConfigurationFault> List) : HubConfiguration
    {
        /// <summary>One message for the console that lists everything wrong and the mend of each.</summary>
        public string Render()
        {
            var text = new StringBuilder("IdentityHub does not start: ")
                .Append(List.Length == 1 ? "one setting is wrong." : $"{List.Length} settings are wrong.").Append('\n');
            foreach (var fault in List)
            {
                text.Append('\n').Append("  ").Append(fault.Key).Append('\n')
                    .Append("    wrong: ").Append(fault.Wrong).Append('\n')
                    .Append("    mend:  ").Append(fault.Mend).Append('\n');
            }

            return text.Append("\nSettings come from appsettings.json, the environment (Hub__Issuer) and the command line (--Hub:Issuer); later ones win.\n").ToString();
        }
    }
}
