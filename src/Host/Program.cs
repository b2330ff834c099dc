return await IdentityHub.Host.Commands.CommandLine.RunAsync(args);
