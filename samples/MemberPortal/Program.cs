using IdentityHub.MemberPortal;
using IdentityHub.RelyingParty;

return await SampleHost.RunAsync(() => MemberPortalApp.Build(args));
