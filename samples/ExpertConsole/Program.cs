using IdentityHub.ExpertConsole;
using IdentityHub.RelyingParty;

return await SampleHost.RunAsync(() => ExpertConsoleApp.Build(args));
