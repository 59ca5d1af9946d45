//! The table of token shapes: what providers' keys and tokens look like, from the providers' public documentation.
//!
//! A line is a rule's id and its patterns. In a pattern `[ab]` is one of these characters and `%a20-40` a run: of letters
//! and digits, 20 to 40 of them (`%a20` exactly 20, `%a20*` at least 20). A capital (`%A20`) wants a digit and letters of both
//! cases in the run. The runs' characters are in `bytes.rs`. All else stands for itself. A run that ends a pattern takes
//! all it can, and must not be longer than the pattern says.
//!
//! Only shapes that their fixed parts make sure of stand here; a token without any is found by its key. The table is read
//! as it stands: as text it weighs no more in the browser's module than packed, and users write their patterns in it too.

/// Every rule's id and patterns. Invariant: a pattern has a letter, a digit or `$` first and no space, and its text is
/// 14 characters long at least.
pub(super) const SHAPES: &str = "\
1password-secret-key A3-%w32-34
1password-token ops_eyJ%b200*
ably-key %w6.%w6:%W20-60
adafruit-key aio_%a28
adobe-secret p8e-%a32
adyen-key AQE%b80*
age-secret-key AGE-SECRET-KEY-1%u58
airtable-token pat%a14.%x64
aiven-password AVNS_%w16-40
aiven-token aivenv1%b200*
alchemy-token alcht_%a30-40
alibaba-access-key LTAI%a10-40
amazon-mws-token amzn.mws.%q36
amazon-oauth-secret amzn1.oa2-cs.v1.%x64
anthropic-key sk-ant-%w24*
anyscale-key esecret_%a20-60 aph0_%b40-120
apify-key apify_api_%a30-60
apollo-key service:%w1-60:%W22
appwrite-key standard_%x100*
arcjet-key ajkey_%a26-32
artifactory-key AKCp%a69
artifactory-token cmVmd%a59
asaas-key aact_%b100*
asana-token 1/%n10-40:%x32 2/%n10-40/%n10-40:%x32
astra-token AstraCS:%a24:%x64
atlassian-token ATATT3%b100* ATCTT3%b100* ATSTT3%b100*
authress-key sc_%a5-40.%a4-6.acc%w10-40.%b30* ext_%a5-40.%a4-6.acc%w10-40.%b30* scauth_%a5-40.%a4-6.acc%w10-40.%b30* \
authress_%a5-40.%a4-6.acc%w10-40.%b30*
aws-access-key A[KSB]IA%u16 ACCA%u16
aws-bedrock-key ABSK%b100* bedrock-api-key-%b20*
aws-session-token IQoJb3JpZ2lu%b80* FwoGZXIvYXdz%b80* FQoGZXIvYXdz%b80*
axiom-token xa[aip]t-%q36
azure-ad-secret %a3[0123456789]Q~%t31-34
azure-batch-key %b76+ABa%b6-8
azure-container-registry-key %b42+ACR%a6 %b33+ACR%a6 %b43+ACR%a6
azure-cosmos-key %b76ACDb%b6-8
azure-devops-token %a76AZDO%a4
azure-event-hub-key %b33+AEh%b6-8
azure-function-key %b42AzFu%b8-10 %b44AzFu%b8 azurewebsites.net/api/%p1-99?code=%b20-100
azure-iot-key %b33AIoT%b5-7
azure-key %a52JQQJ9[9D]%a26-30
azure-machine-learning-key %b33+AMl%b5-7
azure-management-key %b76+AMC%b6-8
azure-redis-key %b33AzCa%b5-7
azure-relay-key %b33+ARm%b5-7
azure-search-key %a42AzSe%a6
azure-service-bus-key %b33+ASb%b5-7
azure-storage-key %b76+ASt%b6-8
baidu-key ALTAK%a21 bce-v3/ALTAK%w16-40/%x40
beamer-key b_%w44
bitbucket-password ATBB%a32
bitcoin-extended-key [xyz]prv%a107 tprv%a107
bitcoin-key 5[HJK]%A49
blockprotocol-key b10ck5.%x32.%q36
botpress-token bp_pat_%a36
boundary-token at_%a10_s1%a100*
branch-key key_live_%a24-40 key_test_%a24-40 secret_live_%a24-60 secret_test_%a24-60
brave-key BSA%W27-28
brevo-key xkeysib-%w81 xsmtpsib-%w81
browser-use-key bu_%w30-60
browserbase-key bb_live_%w20-60 bb_test_%w20-60
builder-key bpk-%x32
buildkite-token bkua_%x40 bkct_%a20-60 bkpt_%a20-60 bkaj_%a20*
cal-key cal_live_%x32
canva-secret cnvca%w40-60
cartesia-key sk_car_%w20-40
cashfree-key cfsk_ma_prod_%x32_%x8 cfsk_ma_test_%x32_%x8
cerebras-key csk-%a48
checkly-key cu_%x32
checkout-key sk_sbox_%a26-27 sk_%l26-27
chroma-key ck-%A44
chromatic-token chpt_%l10-40
circleci-token CCIPAT_%w50-80 CCIPRJ_%w50-80
clickhouse-key 4b1d%a38
clickup-token pk_%n5-40_%u32
clojars-token CLOJARS_%a60
cloudflare-key v1.0-%w171
cloudflare-token cf[kua]t_%w30-80 cfk_%w30-80
cockroachlabs-key CCDB1_%a22_%a40
coderabbit-key cr-%x40-80
composio-key ak_%W20-22 uak_%w20-40
conekta-key key_%A21-24
configcat-key configcat-sdk-1/%w22/%w22 configcat-proxy/%w10-60
confluent-secret cflt%b60
contentful-token CFPAT-%w43
convex-key prod:%w6-60|ey%b30* dev:%w6-60|ey%b30*
coralogix-key cx[tu][ph]_%a30
coveo-key xx%q36
coze-token pat_%a60-80
crates-io-token cio%a32
cursor-key key_%x64 crsr_%x60-80
databento-key db-%a29
databricks-token dapi%x32-34 dkea%x32 dose%x32
datadog-token pub%x32 ddpat_%a30-80 ddapp_%a30-60
dbt-token dbt[cu]_%b40-80 dbts_%b40-80
deepl-key %q36:fx
definednetworking-key dnkey-%m26-%m52 dnkey-%w60-120
deno-token dd[pow]_%a36
dependency-track-key odt_%a30-60
depot-token depot_project_%x50-80 depot_org_%x50-80 depot_user_%x50-80
descope-key P2%a25:K2%a24-60
devcycle-key dvc_client_%w8-80 dvc_mobile_%w8-80 dvc_server_%w8-80
digitalocean-token do[opr]_v1_%x64
discord-bot-token [MNO]%w23.%w6.%w24-40 [MNO]%w24.%w6.%w24-40 [MNO]%w25.%w6.%w24-40
discord-webhook discord.com/api/webhooks/%p60-120 discordapp.com/api/webhooks/%p60-120
docker-swarm-token SWMTKN-1-%w60-120 SWMKEY-1-%b40-60
docker-token dckr_[po]at_%w24-60
doppler-token dp.audit.%d40-80 dp.scim.%d40-80 dp.[cps]t.%d40-80 dp.sa.%d40-80 dp.said.%d40-80
dropbox-token sl.%d120*
dub-key dub_%a24
duffel-token duffel_live_%w43 duffel_test_%w43
dynatrace-token dt0%l3.%u24.%u64
e2b-key e2b_%x40
easypost-key EZ[AT]K%a54
ebay-secret PRD-%q32-36 SBX-%q32-36
elastic-key essu_%b40*
elevenlabs-key sk_%x48
endorlabs-key endr+%a16
expo-token ExponentPushToken[%w22]
facebook-token EAA%a80*
fauna-key fnA[A-F]%w36-40
figma-token fig[doru]_%w30-60 figdr_%w30-60
firebase-key AAAA%w7:%w134*
firecrawl-key fc-%x32
fireworks-key fw_%a22-24
flagsmith-key ser.%A22
flutterwave-key FLWPUBK_TEST-%w30-40 FLWPUBK-%w30-40 FLWSECK_TEST-%w10-40 FLWSECK-%w30-40
fly-token fm1[ar]_%b100* fm2_%b100* fo1_%w43
frameio-token fio-u-%w64
friendli-token flp_%a40-60
gamma-key sk-gamma-%w20-80
gemini-key AQ.Ab%w40-60
ghost-key %x24:%x64
gitbook-token gb_api_%a30-60
github-token gh[oprsu]_%a30* github_pat_%w50* gh[su]_%n1-40_eyJ%d60*
gitlab-runner-token glrtr-%w20-80 glrt-%d20-80 GR1348941%w20
gitlab-token glagent-%w50 glffct-%w20 glsoat-%w20 glcbt-%w20-80 glimt-%w20-26 gloas-%a64 glpat-%d20* glptt-%x40 \
gldt-%d20-80 glft-%w20-80 glwt-%w20-80
gocardless-token live_%W40 sandbox_%W40
google-api-key AIza%w35-40
google-hmac-key GOOG1E%u55-58 GOOG%u20
google-oauth-secret GOCSPX-%w24-40
google-oauth-token ya29.%w30* 4/0A%w60-120
google-refresh-token 1//0%w40*
govuk-notify-key gcntfy-%w70*
grafana-key eyJrIjoi%b60*
grafana-token glsa_%w40-60 glc_%b32*
groq-key gsk_%a50-56
growthbook-key secret_admin_%w30-60 secret_readonly_%w30-60 secret_user_%w30-60
hackclub-key sk-hc-v1-%x64
harness-token [ps]at.%d60-80
heartland-key skapi_cert_%w16-40 skapi_prod_%w16-40
helicone-key sk-helicone-%w20-60 pk-helicone-%w20-60
heroku-key HRKU-%w30-80
honeybadger-key hbp_%a36
honeycomb-key hc[axbc][ilm]k_%l58
hubspot-token pat-%l3-%q36
hugging-face-token hf_%a30-60 api_org_%a34
ifttt-key maker.ifttt.com/use/%w20-60
infisical-token st.%q24-40.%x32.%x32
infracost-key ico-%a32
inngest-key signkey-prod-%x64 signkey-test-%x64 signkey-branch-%x64
instagram-token IGAA%a100* IGQV%w100*
intercom-token dG9rO%b40-120
intra42-secret s-s4t2[ua][df]-%x64
ionic-token ion_%a42
iterative-token isat_%a40-80
jetbrains-token perm:%b40* perm-%b6-80.%b6-80.%b20*
jina-key jina_%w60-80
jsr-token jsr[pd]_%a30-60
jumpcloud-key jca_%a36
jwt-secret-key eyJrdHkiOi%b40*
klaviyo-key pk_%x34
langchain-key ls__%x32 lsv2_[ps][tk]_%w43
langfuse-key sk-lf-%q36 pk-lf-%q36
launchdarkly-key sdk-%q36 api-%q36 mob-%q36 rel-%q36
lichess-token lip_%a20-24
lightdash-token ldpat_%w30-60
linear-key lin_api_%a40-60 lin_oauth_%a40-80 lin_wh_%a30-60
linkedin-secret WPL_AP1.%a16.%b6-12
liveblocks-key sk_dev_%w30-80 sk_prod_%w30-80
llama-key llx-%a48 LLM|%n15-18|%w20-60
lob-key live_%x35 test_%x35 live_pub_%x31 test_pub_%x31
localstack-key ls-%a8-%a4-%a4-%a4-%a12
loggly-token logs-01.loggly.com/inputs/%q36
mailchimp-key %x32-us%n1-2
mailersend-key mlsn.%x60-80
mailgun-key key-%x32 pubkey-%x32 %x32-%x8-%x8
make-webhook hook.%l2-3.make.com/%a32 hook.make.com/%a32
mandrill-key md-%W22
mapbox-token [pst]k.eyJ%d60*
mappedin-key mik_%a16-60 mis_%a30-80
mastra-key msk_%a24-60
materialize-password mzp_%x64
maxmind-key %a6_%a29_mmk
mem0-key m0-%a30-60
mercadopago-token APP_USR-%n14-18-%n6-%x32-%n6-12 TEST-%n14-18-%n6-%x32-%n6-12
mercury-token mercury_production_%w30* mercury_sandbox_%w30* secret-token:%d16*
meta-app-token OC|%n15-20|%w20-60
microsoft-teams-webhook webhook.office.com/webhookb2/%p80* outlook.office.com/webhook/%p80* \
outlook.office365.com/webhook/%p80*
midtrans-key Mid-server-%w20-40 SB-Mid-server-%w20-40
minisign-secret-key RWRTY0Iy%b150*
mintlify-key mint_%w20-80
modal-token a[ks]-%a22
mollie-key live_%a30 test_%a30
mongodb-secret mdb_sa_sk_%w30-60
murf-key ap2_%q36
n8n-key n8n_api_%x60-120
neon-key napi_%a40-80
netbird-token nbp_%a36
netlify-token nf[bcopu]_%a36-40
new-relic-key NRAK-%a24-40 NRII-%w32 NRIQ-%w32 NRJS-%x19 NRBR-%x19 NRRA-%x42 NRSP-%w30-60 %l36NRAL
ngrok-token 2%a26_%A21
nightfall-key NF-%A32
nostr-key nsec1%l58
notion-token ntn_%a40-60 secret_%A43
npm-token npm_%a36
nuget-key oy2%a43
nvidia-key nvapi-%w60-80
nylas-key nyk_%a30-80 nyk_v0_%a40-80
octopus-deploy-key API-%u25-26
omise-key skey_test_%a16-40 skey_%a16-40 skey_live_%a16-40
onesignal-key os_v2_app_%l80-120 os_v2_org_%l80-120
onfido-token api_live.%w11.%w32 api_sandbox.%w11.%w32 api_live_[ucae][sau].%w11.%w32 api_sandbox_[ucae][sau].%w11.%w32
openai-key sk-%a30-120 sk-proj-%w20* sk-svcacct-%w20* sk-admin-%w20* sk-None-%w20* sess-%a40
openrouter-key sk-or-v1-%x64
openshift-token sha256~%w43
openssh-private-key b3BlbnNzaC1rZXktdjEA%b100*
ory-token ory_[ars]t_%d32* ory_ac_%d32* ory_pat_%d32* ory_wak_%d32* ory_apikey_%d32*
packagist-token packagist_%l3_%x60-80
paddle-key pdl_live_apikey_%w40-80 pdl_sdbx_apikey_%w40-80 pdl_ntfset_%w40-80
pagerduty-key events.pagerduty.com/integration/%x32
pangea-token pt[scu]_%a32
paseto v[1234].local.%d60* v[1234].public.%d60*
password-hash $2[abxy]$%n2$%s53 $argon2id$%h60* $argon2i$%h60* $argon2d$%h60* $[156]$%h30* $apr1$%h30* \
$krb5asrep$%h40* $krb5tgs$%h40* $y$%h40* $P$%s31 $H$%s31
paypal-token access_token$production$%a16$%x32 access_token$sandbox$%a16$%x32
permit-key permit_key_%a60-120
perplexity-key pplx-%a40-60
persona-key persona_production_%w20-60 persona_sandbox_%w20-60
pinecone-key pcsk_%w50-120
pinterest-token pin[arc]_%b32*
plaid-token access-development-%q36 access-production-%q36 access-sandbox-%q36 public-production-%q36
planetscale-token pscale_oauth_%m30-80 pscale_tkn_%m30-80 pscale_pw_%m30-80 pscale_app_secret_%m30-80
plivo-key MA%u18:%b40
polar-token polar_%l2-4_%w30-80 polar_at_%l1_%w30-80
portainer-key ptr_%b40-60
posthog-key ph[cxrs]_%a40-60
postman-key PMAK-%w50-80 PMAT-%w24-80
prefect-key pn[bu]_%a36
private-key-base64 LS0tLS1CRUdJTiB[SFPE]%b60* LS0tLS1CRUdJTiBQUklW%b60*
pubnub-key [ps]ub-c-%q36 sec-c-%b30-60
pulumi-token pul-%x40
pypi-token pypi-%w50*
qovery-token qov_%w40-80
rainforest-key apikey_%a40-80 sbx_apikey_%a30-80
rapidapi-key %l10msh%l15p1%l5jsn%l12
razorpay-key rzp_live_%a14 rzp_test_%a14
readme-key rdme_%a70
render-key rnd_%a24-40
replicate-token r8_%a37-40
resend-key re_%w32-36
rootly-key rootly_%x64
rubygems-key rubygems_%x48
runpod-key rpa_%a40-60
runway-key key_%x128
salesforce-key 3MVG9%d80-120
salesforce-session 00D%a12!%d80* 00D%a15!%d80* 5Aep861%d60*
samsara-token samsara_api_%a30
sanity-token sk%A160*
scale-key live_%x32 test_%x32
scaleway-key SCW%u17
scalingo-token tk-us-%w48
segment-token sgp_%a60-80
sendgrid-key SG.%m60-80
sentry-token sntrya_%b40* sntrys_%b40* sntryu_%x64 sntryi_%x64
settlemint-token sm_[aps]at_%a16-20
shippo-token shippo_live_%x40 shippo_test_%x40
shopify-token shpat_%x32 shpca_%x32 shppa_%x32 shpss_%x32 shptka_%x32 shpua_%x32
sidekiq-enterprise %x8:%x8@gems.contribsys.com
slack-config-token xoxe.xox[bp]-%w100*
slack-token xox[abcdeoprs]-%w10* xapp-%b30* xwfp-%w20*
slack-webhook hooks.slack.com/services/%p30-120 hooks.slack.com/workflows/%p30-120 hooks.slack.com/triggers/%p30-120 \
hooks.slack-gov.com/services/%p30-120
snyk-token snyk_[us]at.%d40*
socket-token sktsec_%w40-80 sktapi_%w40-80
sonar-token sq[apu]_%x40
sourcegraph-token sgp_%x16_%x40 sgp_local_%x40 sgp_%x40 sgd_%x64 slk_%x64 sgph_%w40-80 sgs_%x40-80 sgp_%a10_local_%x40
sqreen-token org_%x60 env_org_%x60
square-token EAAA%w60-120 sq0atp-%w20-60 sq0csp-%w40-60
stackhawk-key hawk.%d40-60
statsig-key secret-%A43-48 console-%A43-48
stripe-key rk_live_%a16* sk_live_%a16* rk_test_%a16* sk_test_%a16* rk_prod_%a16* sk_prod_%a16* rk_org_%w20* sk_org_%w20*
stytch-secret secret-live-%m30-60 secret-test-%m30-60 public-token-live-%q36 public-token-test-%q36
supabase-key sb_secret_%w20-60 sb_publishable_%w20-60
supabase-token sbp_%a40 sbp_v0_%a40 sbp_oauth_%a40
svix-key testsk_%a32.%l2-3 sk_%a32.%l2-3
tailscale-key tskey-%w20-120
tavily-key tvly-%w30-60
telegram-bot-token %n8:A%w33-34 %n9:A%w33-34 %n10:A%w33-34
telnyx-key KEY%a32_%a22
temporal-token tmprl_%w60*
tencent-key AKID%a32
terraform-token atlasv1.%w60-80
testkube-key tkcapi_%w24-60 tkcagnt_%w24-60 tkcroot_%w24-60
thunderstore-token tss_%w30-60
tinybird-token p.eyJ%d60*
together-key tgp_v1_%w43
tolgee-key tgpa[kt]_%l40-80
toss-key live_sk_%a24-60 test_sk_%a24-60
trello-token ATTA%x60-80
trigger-key tr_dev_%a16-40 tr_prod_%a16-40 tr_stg_%a16-40 tr_pat_%a30-60 tr_preview_%a16-40
turbopuffer-key tpuf_%a30-60
twilio-key SK%x32
twitch-stream-key live_%n7-12_%a24-40
twitter-bearer AAAAAAAAAAAAAAAAAAAA%w60*
typeform-token tfp_%d59
unkey-key unkey_%a20-60
uptimerobot-key ur%n5-8-%x24 u%n5-8-%x24 m%n8-10-%x24
valtown-token vtwn_%w24-60
vault-token hvb.%w80* hvr.%w24* hvs.%w24* s.%A24 s.CAES%w60* b.AAAA%w60*
vercel-token vc[acikpr]_%a24-80 vercel_blob_rw_%a16_%a24-40
voiceflow-key VF.%d30-80
volcengine-key AKLT%b40-80
voyage-key pa-%w43
wakatime-key waka_%q36 waka_sec_%a60-80 waka_tok_%a60-80
warpstream-key aks_%x64
wechat-webhook qyapi.weixin.qq.com/cgi-bin/webhook/send?key=%q36 open.feishu.cn/open-apis/bot/v2/hook/%q36 \
open.larksuite.com/open-apis/bot/v2/hook/%q36
weights-and-biases-key wandb_v1_%w60-120
whop-key apik_%a20*
woocommerce-key c[ks]_%x40
workato-token wrkatrial-%b60* wrkprod-%b60* wrkaus-%b60*
xai-key xai-%a60-120
xata-key xau_%a30-60
xendit-key xnd_development_%a40-80 xnd_production_%a40-80 xnd_public_%a40-80
yandex-cloud-key YC%W38 AQVN%w35-38 t1.%b40*.%w86
yandex-token y[0123]_%w40-80
zapier-webhook hooks.zapier.com/hooks/catch/%p10-40
zoho-token %x32.%x32
zuplo-key zpka_%w40-80
";
