// Owns the shaders of the stage: ground layout with wetness, water and snow; objects; sky; the look of the camera.

/** Shared by every pass: uniforms, noise, light, sky. */
const COMMON = /* glsl */ `
precision highp float;
// A loop of none or one: software rasterisers skip loops no lane enters, but evaluate both sides of an if.
#define WHEN(c) for(int when_=0;when_<((c)?1:0);when_++)
uniform sampler2D uNoise, uShadow, uMirror, uCards;
uniform mat4 uShadowMat;
uniform vec3 uSunDir, uSunCol, uSkyCol, uHorCol, uGroundCol, uFogCol;
uniform float uFogK, uNight, uCloud, uWet, uRain, uTime, uShadowOn, uSnowLawn, uSnowRoad, uSnowPave, uMirrorOn, uSnowCaps;
uniform vec2 uRes;
uniform int uLampN, uHeadN;
uniform vec4 uLamp[8];
uniform vec3 uLampCol;
uniform vec4 uHead[8];
uniform vec3 uView; // exposure of the sensor per channel
uniform float uHeadY[8];

// Sensor curve: light to an eight-bit value with a shoulder, and back.
vec3 seen(vec3 c){ return sqrt(1.0-exp(-max(c,0.0)*uView)); }
vec3 unseen(vec3 x){ return -log(max(1.0-x*x,0.004))/uView; }

float hash(vec2 p){ p=fract(p*vec2(123.34,456.21)); p+=dot(p,p+45.32); return fract(p.x*p.y); }

vec3 sky(vec3 d){
  float h=max(d.y,0.0);
  vec3 c=mix(uHorCol,uSkyCol,pow(h,0.45));
  WHEN(d.y>0.0){
    vec2 q=d.xz/(d.y+0.18);
    float n=texture(uNoise,q*0.07+0.13).r*0.65+texture(uNoise,q*0.21).a*0.35;
    float m=smoothstep(0.62-uCloud*0.5,0.95-uCloud*0.35,n);
    vec3 cl=mix(uHorCol*1.15,uSkyCol*0.5+uHorCol*0.6,n);
    c=mix(c,cl,m*0.8*smoothstep(0.0,0.15,d.y));
  }
  float s=max(dot(d,uSunDir),0.0);
  c+=uSunCol*(pow(s,350.0)*6.0+pow(s,12.0)*0.05)*(1.0-uCloud);
  return c;
}

float shadowAt(vec3 w,float nl){
  float r=1.0;
  WHEN(uShadowOn>0.5&&nl>0.0){
    vec4 s=uShadowMat*vec4(w,1.0);
    vec3 q=s.xyz*0.5+0.5;
    float b=0.0012+0.0018*(1.0-nl), t=1.0/1280.0;
    vec2 g=q.xy/t-0.5; vec2 f=fract(g); vec2 c0=(floor(g)+0.5)*t;
    f=smoothstep(0.0,1.0,f);
    float z=q.z-b;
    float v=mix(mix(step(z,texture(uShadow,c0).r),step(z,texture(uShadow,c0+vec2(t,0)).r),f.x),mix(step(z,texture(uShadow,c0+vec2(0,t)).r),step(z,texture(uShadow,c0+vec2(t,t)).r),f.x),f.y);
    r=(q.x<0.01||q.y<0.01||q.x>0.99||q.y>0.99||q.z>1.0)?1.0:v;
  }
  return r;
}

vec3 lamps(vec3 w,vec3 n){
  vec3 r=vec3(0);
  for(int i=0;i<uLampN;i++){
    vec3 l=uLamp[i].xyz-w; float d2=dot(l,l); vec3 u=l*inversesqrt(d2);
    r+=uLampCol*uLamp[i].w*max(dot(n,u),0.0)*pow(max(u.y,0.0),1.1)*72.0/(d2+8.0);
  }
  for(int i=0;i<uHeadN;i++){
    vec2 q=w.xz-uHead[i].xy; vec2 dir=uHead[i].zw;
    float f=dot(q,dir), s=abs(dot(q,vec2(-dir.y,dir.x)));
    float beam=exp(-pow(s/(0.9+f*0.22),2.0))*smoothstep(0.0,2.0,f)*exp(-max(f,0.0)*0.075);
    r+=vec3(1.0,0.93,0.8)*beam*(0.35+0.65*abs(dot(n,-vec3(dir.x,-0.25,dir.y))))*1.35*uHeadY[i]*exp(-max(w.y-0.9,0.0)*1.2);
  }
  return r*uNight;
}

vec3 shade(vec3 alb,vec3 n,vec3 w,float ao){
  float nl=max(dot(n,uSunDir),0.0);
  float sh=shadowAt(w,nl);
  vec3 amb=mix(uGroundCol,uHorCol*0.45+uSkyCol*0.55,n.y*0.5+0.5);
  return alb*(uSunCol*nl*sh+amb*ao+lamps(w,n));
}

vec3 fog(vec3 c,vec3 w){ float d=length(w-cameraPosition); float k=1.0-exp(-pow(d*uFogK,1.4)); return mix(c,uFogCol,k); }
`;

const LAYOUT = /* glsl */ `
uniform vec4 uRoad;      // half width, cross half width (<0 none), cross x, corner radius
uniform vec4 uBand;      // grass strip, pavement width, kerb (0/1), what lies beyond (3 lawn, 4 soil, 2 tiles)
uniform vec4 uLane;      // lane width, lanes each way, centre line (0 none 1 dashed 2 solid), wear
uniform vec4 uZebra[4];  // axis (0 across x, 1 across z), place, half width, on
uniform vec4 uBox[8];
uniform float uBoxKind[8]; uniform int uBoxN, uZebraN, uHoleN;
uniform vec3 uHole[3];
uniform vec4 uSag;       // depth, place, half length, -
uniform vec4 uClear;     // snow cleared: x0,x1,z0,z1
uniform vec4 uTrackSnow; // track depth, track width, packed (0 bare .. 1 white), windrow side
uniform float uSeed, uPatch, uCrack, uGrassHue;

float sdBox(vec2 p,vec4 b){ vec2 d=abs(p-b.xy)-b.zw; return length(max(d,0.0))+min(max(d.x,d.y),0.0); }

float roadSd(vec2 p){
  float a=abs(p.y)-uRoad.x;
  WHEN(uRoad.y>0.0){
    float b=abs(p.x-uRoad.z)-uRoad.y; float r=uRoad.w;
    vec2 u=max(vec2(r-a,r-b),0.0); a=max(r,min(a,b))-length(u);
  }
  for(int i=0;i<uBoxN;i++) if(uBoxKind[i]==0.0) a=min(a,sdBox(p,uBox[i])-0.4);
  return a;
}
// Kind of ground: 0 asphalt 1 kerb 2 tiles 3 lawn 4 soil 5 lot 6 sand 7 concrete
float kindAt(vec2 p,float d){
  float k;
  float e=uBand.z>0.5?0.16:0.0;
  if(d<0.0) k=0.0; else if(d<e) k=1.0;
  else if(d<e+uBand.x) k=uBand.w==4.0?4.0:3.0;
  else if(d<e+uBand.x+uBand.y) k=2.0;
  else if(d<e*2.0+uBand.x+uBand.y) k=uBand.z>0.5?1.0:uBand.w;
  else k=uBand.w;
  for(int i=0;i<uBoxN;i++) if(d>=0.0 && uBoxKind[i]>1.5 && sdBox(p,uBox[i])<0.0) k=uBoxKind[i];
  return k;
}
float heightAt(vec2 p,float d){
  float dip=texture(uNoise,p/37.0+uSeed*0.137).r*0.7+texture(uNoise,p/13.0+uSeed*0.31).a*0.3;
  float h=(dip-0.5)*0.16;
  h+=d<0.0?0.075*min(-d/max(uRoad.x,1.0),1.0):(uBand.z>0.5?0.13:0.03)+min(d*0.012,0.35);
  float s=(p.x-uSag.y)/uSag.z;
  h+=uSag.x*smoothstep(0.15,1.0,abs(s));
  return h+0.03;
}
`;

export const GROUND_VERTEX = /* glsl */ `
uniform vec4 uSag;
out vec3 vW;
void main(){
  vec3 p=position;
  float s=(p.x-uSag.y)/uSag.z;
  p.y+=uSag.x*smoothstep(0.15,1.0,abs(s));
  vec4 w=modelMatrix*vec4(p,1.0); vW=w.xyz;
  gl_Position=projectionMatrix*viewMatrix*w;
}`;

export const GROUND_FRAGMENT = /* glsl */ `
${COMMON}
${LAYOUT}
in vec3 vW;
layout(location=0) out vec4 outColor;

float aa(float edge,float x,float w){ return smoothstep(edge-w,edge+w,x); }

float paintAt(vec2 p,float d,float fw){
  float m=0.0;
  bool inCross=uRoad.y>0.0 && abs(p.x-uRoad.z)<uRoad.y+uRoad.w*0.6+5.5;
  float strip=abs(p.y)-uRoad.x;
  if(uLane.y>0.0){
    if(strip<0.0 && !inCross){
      float z=abs(p.y);
      float dash=smoothstep(0.02,0.0,abs(fract(p.x/8.0)-0.25)-0.19);
      for(float i=1.0;i<4.0;i++) if(i<uLane.y) m=max(m,(1.0-aa(0.07,abs(z-i*uLane.x),fw))*dash);
      if(uLane.z>1.5) m=max(m,1.0-aa(0.06,abs(z-0.16),fw));
      else if(uLane.z>0.5) m=max(m,(1.0-aa(0.07,z,fw))*dash);
      m=max(m,(1.0-aa(0.06,abs(d+0.35),fw))*0.9*uBand.z);
    } else if(strip>0.0 && uRoad.y>0.0 && abs(p.y)>uRoad.x+uRoad.w*0.6+5.5){
      float x=abs(p.x-uRoad.z);
      float dash=smoothstep(0.02,0.0,abs(fract(p.y/8.0)-0.25)-0.19);
      m=max(m,(1.0-aa(0.07,x,fw))*(uLane.z>1.5?1.0:dash));
    }
    if(uRoad.y>0.0 && strip<0.0){
      float sx=abs(p.x-uRoad.z)-(uRoad.y+uRoad.w*0.6+6.2);
      bool side=(p.x-uRoad.z)*p.y<0.0;
      if(side) m=max(m,1.0-aa(0.2,abs(sx),fw));
    }
  }
  for(int i=0;i<uZebraN;i++){
    vec4 z=uZebra[i];
    float along=z.x<0.5?p.x:p.y, across=z.x<0.5?p.y:p.x-uRoad.z;
    float stripe=1.0-aa(0.25,abs(fract(across/1.0)-0.5)*1.0,fw);
    float lim=z.x<0.5?uRoad.x:uRoad.y;
    if(abs(across)<lim-0.2) m=max(m,stripe*(1.0-aa(z.z,abs(along-z.y),fw))*1.2*z.w);
  }
  return d>-0.05?0.0:m;
}

float wheelTracks(vec2 p,float w){
  float z=uRoad.y>0.0&&abs(p.y)>uRoad.x?abs(p.x-uRoad.z):abs(p.y);
  float lane=mod(z,uLane.x)-uLane.x*0.5;
  return exp(-pow((abs(lane)-0.82)/w,2.0));
}

void main(){
  vec2 p=vW.xz;
#if HOLES==1
  for(int i=0;i<uHoleN;i++) if(distance(p,uHole[i].xy)<uHole[i].z) discard;
#endif
#if PASS==3
  outColor=vec4(0,0,0,1);
#else
  vec4 n41=texture(uNoise,p/41.0+uSeed*0.071), n7=texture(uNoise,p/7.3+uSeed*0.03), n2=texture(uNoise,p/1.9+0.37), n0=texture(uNoise,p/0.45);
  vec4 streak=texture(uNoise,uRoad.y>0.0&&abs(p.y)>uRoad.x?vec2(p.y*0.012,p.x*0.33):vec2(p.x*0.012,p.y*0.33));
  float d=roadSd(p)+(uBand.z>0.5?0.0:(n2.r-0.5)*0.3+(n7.a-0.5)*0.5);
  float k=kindAt(p,d);
  float fw=max(length(fwidth(p))*0.55,0.004);
  bool paved=k<2.5||k==5.0||k==7.0;
  vec3 alb; float gloss=0.0, bump=0.0; float wear=uLane.w;
  float tyre=0.0;
  vec3 N=vec3(0,1,0);
  WHEN(k==0.0||k==5.0){
    float g=0.128+0.05*(n41.r-0.5)+0.055*(n7.r-0.5)+0.035*(n2.a-0.5)+0.11*(n0.g-0.5);
    g*=0.84+0.34*wear+0.2*(streak.r-0.5);
    tyre=k==0.0&&uLane.y>0.0?wheelTracks(p,0.42):0.25*n7.a;
    g*=1.0-0.22*tyre*smoothstep(0.2,0.8,streak.a+0.2);
    float z=mod(abs(p.y),uLane.x)-uLane.x*0.5;
    g*=1.0-0.16*exp(-z*z*3.5)*smoothstep(0.3,0.7,n7.a);
    alb=vec3(g,g*0.985,g*0.955);
    // repaired patches with sealed seams
    vec2 cs=vec2(9.0,3.7); vec2 ci=floor((p+uSeed)/cs); float hr=hash(ci+uSeed);
    WHEN(hr<uPatch){
      vec2 c=(ci+0.5)*cs-uSeed+(vec2(hash(ci+3.1),hash(ci+7.7))-0.5)*vec2(4.0,1.2);
      vec2 hs=vec2(0.7+hash(ci+1.3)*2.4,0.45+hash(ci+9.3)*0.9);
      vec2 q=abs(p-c+ (n2.rb-0.5)*0.12)-hs; float sd=max(q.x,q.y);
      float ins=1.0-aa(0.0,sd,fw+0.01);
      alb=mix(alb,vec3(0.058+0.05*hash(ci+5.0))*(0.8+0.5*n0.g),ins*0.85);
      alb*=1.0-0.6*(1.0-aa(0.035,abs(sd),fw));
    }
    float cr=texture(uNoise,(p+(n2.ra-0.5)*0.5)/8.5+uSeed*0.19).b;
    float crk=(1.0-smoothstep(0.0,0.035+fw*0.12,cr))*smoothstep(0.42,0.62,n41.a+uCrack*0.35-0.1);
    alb*=1.0-0.62*crk*uCrack;
    // longitudinal construction seam
    alb*=1.0-0.35*(1.0-aa(0.02,abs(abs(p.y+0.04*(n7.r-0.5))-uLane.x),fw))*step(d,0.0)*step(0.5,uLane.y);
    // dirt along the kerb
    alb=mix(alb,vec3(0.16,0.145,0.115)*(0.7+0.5*n2.r),smoothstep(-0.9,-0.05,d)*0.55*step(d,0.0)*(0.4+n7.r));
    float m=0.0; WHEN(d<-0.05) m=paintAt(p,d,fw);
    float worn=smoothstep(0.15,0.55,n2.r*0.5+n0.g*0.3+n7.a*0.35-wear*0.28);
    alb=mix(alb,vec3(0.56,0.56,0.53)*(0.8+0.3*n0.g),clamp(m,0.0,1.0)*clamp(worn*(1.0-0.35*tyre),0.0,1.0)*0.95);
    gloss=0.7;
  }
  WHEN(k==1.0){
    float seam=1.0-aa(0.012,abs(fract(p.x+p.y)-0.5)-0.49,fw);
    alb=vec3(0.36,0.355,0.34)*(0.75+0.4*n2.r+0.2*n0.g)*(1.0-0.3*seam);
    gloss=0.4;
  }
  WHEN(k==2.0){
    vec2 t=p*vec2(2.5,5.0); t.x+=0.5*mod(floor(t.y),2.0);
    vec2 f=abs(fract(t)-0.5); float fade=exp(-fw*14.0);
    float gap=max(smoothstep(0.44,0.49,f.x),smoothstep(0.4,0.48,f.y))*fade;
    float tone=hash(floor(t)); float red=step(0.5,n41.a*0.4+hash(vec2(uSeed,2.0))*0.7);
    alb=mix(vec3(0.27,0.265,0.25),vec3(0.27,0.17,0.14),red)*(0.78+0.18*(tone-0.5)*fade*2.0+0.35*n7.r+0.12*n0.g)*(1.0-0.35*gap);
    gloss=0.45;
  }
  WHEN(k==3.0){
    vec3 a=mix(vec3(0.055,0.085,0.022),vec3(0.16,0.14,0.065),clamp(uGrassHue+0.5*(n7.r-0.5),0.0,1.0));
    alb=a*(0.55+0.6*n2.r+0.75*(n0.g-0.25))*(0.8+0.5*n41.r);
    alb=mix(alb,vec3(0.15,0.12,0.085)*(0.7+0.6*n0.g),smoothstep(0.56,0.72,n7.a*0.6+n41.a*0.4)*0.8);
    bump=0.5;
  }
  WHEN(k==6.0){
    alb=vec3(0.34,0.28,0.19)*(0.75+0.35*n2.r+0.3*n0.g);
  }
  WHEN(k==7.0){
    alb=vec3(0.3,0.295,0.28)*(0.72+0.45*n7.r+0.16*n0.g);
    vec2 f=abs(fract(p/vec2(3.0,2.0))-0.5); alb*=1.0-0.35*(1.0-aa(0.012,0.5-max(f.x,f.y),fw));
    gloss=0.5;
  }
  WHEN(k==4.0){
    alb=mix(vec3(0.17,0.135,0.095),vec3(0.24,0.2,0.15),n7.r)*(0.6+0.45*n2.r+0.5*n0.g);
    float tuft=smoothstep(0.5,0.62,n7.a*0.45+n41.r*0.4+n2.r*0.2);
    alb=mix(alb,mix(vec3(0.075,0.085,0.03),vec3(0.2,0.165,0.085),uGrassHue)*(0.5+0.9*n0.g),tuft*0.85);
    float rut=exp(-pow((abs(mod(p.y*0.8+p.x*0.25+n41.r*6.0,5.0)-2.5)-0.8)/0.22,2.0))*(1.0-tuft);
    alb*=1.0-0.3*rut;
    bump=0.35; gloss=0.25;
  }
  N=normalize(vec3((n2.g-0.5)*0.1+(n0.r-0.5)*0.16*(1.0+bump*2.0),1.0,(n2.r-0.5)*0.1+(n0.a-0.5)*0.16*(1.0+bump*2.0))*vec3(exp(-fw*6.0),1.0,exp(-fw*6.0)));

  // wetness
  float wet=clamp(uWet*(paved?1.0:0.55)*1.35-(1.0-uWet)*(n7.r*0.7+n2.r*0.35),0.0,1.0);
  if(uSag.x>0.0) wet=max(wet,0.0);
  // snow
  float lawnS=uSnowLawn, cover=0.0, packed=0.0;
  WHEN(paved&&(uSnowRoad>0.004||uSnowPave>0.004)){
    float base=(k==0.0||k==5.0)?uSnowRoad:uSnowPave;
    float ed=k==0.0?smoothstep(-1.8,-0.1,d)*0.45:0.0;
    float tr=k==0.0&&uLane.y>0.0?wheelTracks(p+vec2(0.0,0.5*(texture(uNoise,vec2(p.x/60.0,uSeed)).r-0.5)),uTrackSnow.y):(k==0.0?exp(-pow((abs(abs(p.y)-1.0))/0.45,2.0))*0.8:(k==2.0?smoothstep(0.35,0.7,n7.a)*0.6:0.0));
    if(uRoad.y>0.0&&k==0.0&&abs(p.x-uRoad.z)<uRoad.y+2.0&&abs(p.y)<uRoad.x+2.0) tr=max(tr,wheelTracks(p.yx+vec2(0,0),uTrackSnow.y)*0.7);
    tr*=smoothstep(0.1,0.5,streak.r*0.6+n7.r*0.5);
    float amount=base*1.5-0.35+ed*step(0.02,base);
    amount-=tr*uTrackSnow.x*(1.0-uTrackSnow.z*0.5);
    cover=smoothstep(0.28,0.62,amount+(n7.r-0.5)*0.6+(n2.a-0.5)*0.35+(streak.r-0.5)*0.25);
    cover*=step(0.005,base);
    packed=clamp(tr*1.2,0.0,1.0);
    if(p.x>uClear.x&&p.x<uClear.y&&p.y>uClear.z&&p.y<uClear.w){ float rest=smoothstep(0.66,0.8,n7.r*0.5+n2.a*0.3+streak.a*0.35); cover*=rest*0.5; wet=max(wet,0.75); }
    if(base>0.03) wet=max(wet,0.65*smoothstep(0.0,0.4,base)*(1.0-cover));
  }
  WHEN(!paved&&lawnS>0.004){
    cover=smoothstep(0.3,0.55,lawnS*1.5-0.3+(n7.r-0.5)*0.7+(n2.r-0.5)*0.3)*step(0.005,lawnS);
  }
  float surface=k>=2.5&&!paved?(cover>0.5?5.0:6.0):(cover>0.5?4.0:(wet>0.35?2.0:1.0));
#if PASS==2
  outColor=vec4(0.0,0.0,surface/255.0,1.0);
#else
  vec3 V=normalize(cameraPosition-vW);
  if(wet>0.0){ alb*=mix(1.0,paved?0.42:0.6,wet); }
  WHEN(cover>0.0){
    float dirty=clamp(packed*0.8+(1.0-lawnS)*0.15+uTrackSnow.z*0.0,0.0,1.0)*(paved?1.0:0.15);
    vec3 sn=mix(vec3(0.86,0.88,0.92),vec3(0.48,0.46,0.43),clamp(dirty*0.85+(paved?0.22*n7.r*step(0.02,uTrackSnow.x):0.0),0.0,0.9));
    sn*=0.9+0.12*(n2.r-0.5)+0.1*(n0.g-0.5);
    alb=mix(alb,sn,cover); 
    vec3 sN=normalize(vec3((n7.r-0.5)*0.5+(n2.g-0.5)*0.35+(n0.r-0.5)*0.2,1.0,(n7.a-0.5)*0.5+(n2.a-0.5)*0.35+(n0.a-0.5)*0.2));
    N=normalize(mix(N,sN,cover));
    wet*=1.0-cover;
  }
  float ao=1.0;
  if(uBand.z>0.5) ao*=1.0-0.3*exp(-abs(d+0.04)*14.0)*step(d,0.0)*(1.0-cover*0.5);
  vec3 c=shade(alb,N,vW,ao);
  WHEN(gloss>0.0){
    float film=wet*smoothstep(0.15,0.6,wet);
    float pud=smoothstep(0.5,0.7,n41.r*0.35+n7.a*0.45+n2.r*0.12+wet*0.14-0.05)*step(0.75,uWet)*film;
    float F=0.02+0.98*pow(1.0-max(V.y,0.0),5.0);
    float refl=paved?film*(F*1.1+0.01+0.05*pud)*mix(0.75,1.5,pud):0.0;
    WHEN(refl>0.002&&uMirrorOn>0.5){
      vec2 uv=gl_FragCoord.xy/uRes; vec3 acc=vec3(0);
      float rough=mix(1.0,0.12,pud);
      float jit=(n0.g-0.5)*0.05*rough+(n2.g-0.5)*0.03;
      for(int i=0;i<5;i++){
        float o=(float(i)-1.8)*0.026*rough;
        acc+=textureLod(uMirror,uv+vec2((n0.r-0.5)*0.02*rough,o+jit),1.0+3.0*rough).rgb;
      }
      c=mix(c,unseen(acc/5.0),clamp(refl*1.5,0.0,0.85));
    }
    // broad shine towards the sun on dry and wet asphalt
    vec3 H=normalize(V+uSunDir); float sp=pow(max(dot(N,H),0.0),mix(14.0,60.0,wet));
    c+=uSunCol*sp*(0.03*gloss+0.25*wet)*shadowAt(vW,uSunCol.r)*(1.0-cover);
  }
  outColor=vec4(seen(fog(c,vW)),1.0);
#endif
#endif
}`;

export const WATER_VERTEX = /* glsl */ `
out vec3 vW;
void main(){ vec4 w=modelMatrix*vec4(position,1.0); vW=w.xyz; gl_Position=projectionMatrix*viewMatrix*w; }`;

export const WATER_FRAGMENT = /* glsl */ `
${COMMON}
${LAYOUT}
uniform float uLevel, uMuddy;
uniform vec4 uWake[4]; // x, z, heading cos, sin
uniform float uWakeV[4]; uniform int uWakeN;
in vec3 vW;
layout(location=0) out vec4 outColor;
void main(){
  vec2 p=vW.xz;
  float d=roadSd(p);
  float depth=uLevel-heightAt(p,d);
  vec4 e=texture(uNoise,p/1.3);
  depth+=(e.r-0.5)*0.014;
  if(depth<0.002) discard;
#if PASS==2
  if(depth<0.012) discard; outColor=vec4(0,0,3.0/255.0,1);
#elif PASS==3
  if(depth<0.05) discard; outColor=vec4(0,0,0,1);
#else
  vec3 V=normalize(cameraPosition-vW);
  float ang=uTime*6.2831853;
  vec2 w1=(texture(uNoise,p/2.7+vec2(cos(ang),sin(ang))*0.05).ra-0.5), w2=(texture(uNoise,p/0.8-vec2(sin(ang),cos(ang))*0.09).ar-0.5);
  vec2 g=w1*0.03+w2*0.028;
  float foam=0.0;
  WHEN(uRain>0.0){
    vec2 c=floor(p*2.2); float r=hash(c+floor(uTime*97.0)*1.7); vec2 f=fract(p*2.2)-0.5-(vec2(hash(c+1.0),hash(c+2.0))-0.5)*0.6;
    float q=length(f); g+=uRain*normalize(f+1e-4)*0.12*sin(40.0*(q-r*0.4))*exp(-12.0*abs(q-r*0.4))*exp(-dot(vW-cameraPosition,vW-cameraPosition)/900.0);
  }
  for(int i=0;i<uWakeN;i++){
    vec2 q=p-uWake[i].xy; vec2 h=uWake[i].zw; float b=-dot(q,h), s=dot(q,vec2(-h.y,h.x));
    float arm=abs(s)-1.0-max(b,0.0)*0.36;
    float near=exp(-max(b,0.0)*0.16)*smoothstep(-3.4,-2.0,b)*uWakeV[i];
    float ridge=exp(-arm*arm*3.5)*near;
    g+=vec2(-h.y,h.x)*sign(s)*ridge*0.42*cos(arm*5.0)+h*0.06*sin(b*3.0+s)*near*exp(-s*s*0.4);
    foam+=ridge*smoothstep(0.45,0.75,e.g*0.5+e.r*0.6)*smoothstep(5.0,-1.0,b)*1.3+exp(-s*s*0.8)*near*0.3*smoothstep(0.5,0.7,e.a)*exp(-abs(b)*0.2);
  }
  vec3 N=normalize(vec3(g.x,1.0,g.y));
  float F=0.03+0.97*pow(1.0-max(dot(N,V),0.0),4.2);
  vec2 uv=gl_FragCoord.xy/uRes+vec2(g.x*0.35,g.y*0.9);
  vec3 mir=unseen(textureLod(uMirror,clamp(uv,0.002,0.998),0.5+length(g)*10.0).rgb);
  float sh=shadowAt(vW,1.0);
  vec3 mud=mix(vec3(0.035,0.038,0.032),vec3(0.17,0.125,0.08),uMuddy);
  vec3 body=mud*(uSunCol*max(uSunDir.y,0.0)*(0.3+0.7*sh)*0.7+uHorCol*0.3+uSkyCol*0.35+lamps(vW,vec3(0,1,0))*0.4);
  vec3 c=mix(body,mir,clamp(F*1.35+0.1,0.0,0.96));
  vec3 H=normalize(V+uSunDir); c+=uSunCol*pow(max(dot(N,H),0.0),400.0)*1.5*sh;
  foam=clamp(foam,0.0,1.0);
  c=mix(c,shade(vec3(0.5),vec3(0,1,0),vW,1.0),foam*0.65);
  float a=smoothstep(0.002,0.035,depth)*0.35+smoothstep(0.01,0.12,depth)*0.62;
  a=max(a,foam*0.8); a=max(a,clamp(F*1.6,0.0,0.97)*smoothstep(0.002,0.02,depth));
  outColor=vec4(seen(fog(c,vW)),clamp(a,0.0,0.985));
#endif
}`;

export const OBJECT_VERTEX = /* glsl */ `
in vec3 aColor; in vec4 aMat;
out vec3 vW, vN, vC; out vec4 vM; out vec3 vL;
void main(){
  vec4 w=modelMatrix*vec4(position,1.0); vW=w.xyz; vL=position;
  vN=normalize(mat3(modelMatrix)*normal); vC=aColor; vM=aMat;
  gl_Position=projectionMatrix*viewMatrix*w;
}`;

export const OBJECT_FRAGMENT = /* glsl */ `
${COMMON}
uniform vec3 uId; // id/255, class/255, surface/255
uniform vec2 uLights; // head and tail lamps, beacon
in vec3 vW, vN, vC; in vec4 vM; in vec3 vL;
layout(location=0) out vec4 outColor;
void main(){
  int kind=int(vM.x+0.5);
  vec3 alb=vC; vec3 N=normalize(vN); vec3 V=normalize(cameraPosition-vW);
  if(dot(N,V)<0.0) N=-N;
#if PASS==1
  outColor=vec4(1);
#elif PASS>=2
  outColor=vec4(uId,1.0);
#else
  vec3 emit=vec3(0); float refl=0.0, spec=0.0, ao=1.0; vec3 R=reflect(-V,N);
  float fres=pow(1.0-max(dot(N,V),0.0),5.0);
  WHEN(kind==1){ refl=0.05+0.5*fres; spec=0.5; alb*=0.94+0.12*texture(uNoise,vL.xz*0.21+vL.y*0.3).r; alb=mix(alb,vec3(0.1,0.09,0.07),smoothstep(0.75,0.25,vL.y)*0.35); }
  WHEN(kind==2){ refl=0.12+0.75*fres; spec=1.0; }
  WHEN(kind==3){ emit=vC*uLights.x*(uNight*16.0+0.8); refl=0.3; alb*=0.6; }
  WHEN(kind==4){ emit=vC*(uLights.x*(uNight*5.0+0.3)+max(uLights.y-1.0,0.0)*6.0); refl=0.15; }
  WHEN(kind==5){ emit=vC*uNight*30.0; }
  WHEN(kind==16){ emit=vC*(0.5+uNight*2.5); }
  WHEN(kind==12){ emit=vC*mod(uLights.y,2.0)*(4.0+8.0*uNight); }
  WHEN(kind==6){
    vec2 q=vM.yz; float style=vM.w; vec2 cell=vec2(3.1,2.9); vec2 id=floor(q/cell); vec2 f=fract(q/cell);
    vec4 n=texture(uNoise,q/11.0), nb=texture(uNoise,q/2.1);
    alb*=0.82+0.3*n.r+0.06*nb.g;
    alb*=1.0-0.12*smoothstep(0.97,0.99,max(f.x,f.y)*1.0);
    alb*=1.0-0.18*smoothstep(3.0,0.0,q.y)*n.a;
    bool ground=q.y<cell.y;
    float wx=mix(0.24,0.3,fract(style*3.3)), balcony=step(0.62,fract(id.x*0.25+style*0.7));
    vec2 a=abs(f-vec2(0.5,0.54)); bool win=a.x<wx&&a.y<0.27;
    if(fract(style*7.7)>0.72){ win=a.y<0.25&&a.x<0.46; balcony=0.0; }
    if(balcony>0.5&&!ground){ win=a.x<0.46&&f.y>0.36&&f.y<0.86; if(f.y<=0.36&&f.y>0.06&&a.x<0.47) alb*=0.72; }
    if(ground&&fract(style*5.1)>0.5){ win=f.x>0.06&&f.x<0.94&&f.y>0.08&&f.y<0.78; }
    WHEN(win){
      float frame=step(abs(a.x-0.0),0.014)+step(abs(a.x-wx*0.97),0.012);
      float lit=step(0.74,hash(id+style*17.0));
      vec3 cur=mix(vec3(0.16,0.15,0.13),vec3(0.05,0.055,0.06),hash(id+2.0));
      alb=frame>0.5?vec3(0.45):cur*(0.5+0.5*f.y); refl=frame>0.5?0.0:0.35+0.4*fres; R=normalize(R+vec3((hash(id)-0.5)*0.25,0.1,0.0));
      emit=mix(vec3(1.0,0.68,0.34),vec3(0.9,0.92,1.0),step(0.8,hash(id+5.0)))*lit*uNight*(0.12+0.4*hash(id+9.0))*(ground?1.5:1.0);
    }
  }
  WHEN(kind==10){ vec4 n=texture(uNoise,vL.xz/1.1+vL.y*0.7), m=texture(uNoise,vL.xz/0.27+vL.yy); alb*=0.5+0.75*n.r+0.55*(m.g-0.3); N=normalize(N+(vec3(m.r,n.a,m.a)-0.5)*0.9); }
  WHEN(kind==11){ vec4 n=texture(uNoise,vL.xz/1.7+vL.y*0.5), m=texture(uNoise,vL.xz/0.4+vL.yy); alb*=0.78+0.35*n.r+0.12*m.g; alb=mix(alb,vec3(0.3,0.28,0.25),smoothstep(0.5,0.75,n.a)*0.45); N=normalize(N+(vec3(m.r,n.a,n.r)-0.5)*0.7); }
  WHEN(kind==13){ vec4 n=texture(uNoise,(vL.xy+vL.zz)/3.7); alb*=0.7+0.5*n.r; alb*=1.0-0.25*smoothstep(0.45,0.7,texture(uNoise,vec2((vL.x+vL.z)/2.0,vL.y/19.0)).r); }
  WHEN(kind==14){ vec4 n=texture(uNoise,vW.xz*3.1+vW.y); N=normalize(N+vec3(n.r-0.5,0.0,n.a-0.5)*0.7); refl=0.05+0.15*fres; spec=0.07; }
  WHEN(kind==15){ ao=clamp(1.0+vL.y*0.9,0.02,1.0); ao*=ao; }
  WHEN(uSnowCaps>0.01&&N.y>0.55&&kind!=2&&kind!=11&&kind!=5&&kind!=3&&kind!=4&&kind!=12&&kind!=15&&vM.w>-0.5){
    float s=smoothstep(0.3,0.6,uSnowCaps*1.3-0.25+(texture(uNoise,vW.xz/2.3).r-0.5)*0.8)*smoothstep(0.55,0.8,N.y);
    alb=mix(alb,vec3(0.84,0.86,0.9),s); refl*=1.0-s; spec*=1.0-s;
  }
  vec3 c=vec3(0);
  {
    float contact=1.0; if(kind==1||kind==0) contact=0.55+0.45*smoothstep(0.0,0.9,vL.y);
    c=shade(alb,N,vW,ao*contact);
    if(kind==15) c*=ao;
  }
  WHEN(refl>0.0){ vec3 q=R; q.y=max(q.y,0.02); vec3 env=sky(normalize(q)); if(R.y<-0.05) env=uGroundCol*0.6; c=mix(c,env,refl); }
  WHEN(spec>0.0){ vec3 H=normalize(V+uSunDir); c+=uSunCol*pow(max(dot(N,H),0.0),90.0)*spec*1.5*shadowAt(vW,1.0);
    for(int i=0;i<uLampN;i++){ vec3 l=normalize(uLamp[i].xyz-vW); c+=uLampCol*uLamp[i].w*pow(max(dot(N,normalize(V+l)),0.0),60.0)*spec*0.5*uNight; } }
  c+=emit;
  outColor=vec4(seen(fog(c,vW)),1.0);
#endif
}`;

/** Leaves and twigs: lit per corner, cut out by the card's picture; apart, because a discard costs early depth tests. */
export const CARD_VERTEX = /* glsl */ `
${COMMON}
in vec3 aColor; in vec4 aMat;
out vec2 vUv2; out vec3 vC;
void main(){
  vec4 w=modelMatrix*vec4(position,1.0); vec3 vW=w.xyz; vec3 N=normalize(mat3(modelMatrix)*normal);
  vUv2=aMat.x<7.5?vec2(aMat.y*0.5,aMat.z):vec2(0.5+aMat.y*0.5,aMat.z);
  gl_Position=projectionMatrix*viewMatrix*w;
#if PASS==0
  float nl=clamp(dot(N,uSunDir)*0.6+0.4,0.0,1.0);
  vec3 alb=aColor*1.6;
  if(uSnowCaps>0.01) alb=mix(alb,vec3(0.5,0.51,0.54),uSnowCaps*0.3*clamp(N.y,0.0,1.0));
  vec3 c=alb*(uSunCol*nl*shadowAt(vW+N*0.6,1.0)*0.8+mix(uGroundCol,uSkyCol*0.6+uHorCol*0.3,N.y*0.5+0.5)*0.85+lamps(vW,normalize(N+vec3(0,0.3,0)))*0.7);
  vC=fog(c,vW);
#else
  vC=aColor;
#endif
}`;
export const CARD_FRAGMENT = /* glsl */ `
precision highp float;
uniform sampler2D uCards; uniform vec3 uView;
in vec2 vUv2; in vec3 vC;
layout(location=0) out vec4 outColor;
void main(){
  vec4 t=texture(uCards,vUv2);
  if(t.a<0.42) discard;
#if PASS==0
  outColor=vec4(sqrt(1.0-exp(-vC*t.rgb*uView)),1.0);
#else
  outColor=vec4(0,0,0,1);
#endif
}`;

export const SKY_FRAGMENT = /* glsl */ `
${COMMON}
in vec3 vW;
layout(location=0) out vec4 outColor;
void main(){
  vec3 d=normalize(vW-cameraPosition);
  d.y=abs(d.y);
  vec3 c=sky(d);
  outColor=vec4(seen(mix(uFogCol,c,smoothstep(0.0,0.12,d.y)*(1.0-clamp(uFogK*28.0-0.15,0.0,0.92)))),1.0);
}`;

export const POST_VERTEX = /* glsl */ `
out vec2 vUv; void main(){ vUv=uv; gl_Position=vec4(position.xy,0.0,1.0); }`;

export const POST_FRAGMENT = /* glsl */ `
precision highp float;
#define WHEN(c) for(int when_=0;when_<((c)?1:0);when_++)
uniform sampler2D uScene, uText, uGlareMap, uNoise; uniform vec2 uRes;
uniform float uK, uNoiseAmp, uVignette, uSoft, uSat, uRainAmt, uSnowAmt, uFrame, uDrops, uGlare, uContrast;
uniform vec4 uGrain;
in vec2 vUv; layout(location=0) out vec4 outColor;
float hash(vec2 p){ p=fract(p*vec2(123.34,456.21)); p+=dot(p,p+45.32); return fract(p.x*p.y); }
vec2 lens(vec2 uv){ vec2 q=uv-0.5; float a=uRes.x/uRes.y; vec2 s=q*vec2(a,1.0); float r=dot(s,s), m=(a*a+1.0)*0.25; return 0.5+q*(1.0+uK*r)/(1.0+uK*m); }
void main(){
  vec2 uv=lens(vUv);
#if PASS==2
  outColor=texture(uScene,uv);
#else
  float s=uSoft;
  WHEN(uDrops>0.0){
    vec2 g=vUv*vec2(9.0,5.0); vec2 id=floor(g); float h=hash(id+11.0);
    vec2 f=fract(g)-0.5-(vec2(hash(id+1.0),hash(id+2.0))-0.5)*0.7; float r=0.05+0.16*hash(id+3.0); f.y*=0.85;
    float dd=length(f*vec2(uRes.x/uRes.y/1.8,1.0))/r;
    if(h<uDrops*0.3&&dd<1.0){ uv-=f*0.06*(1.0-dd*0.3); s+=5.0-5.0*dd*dd; }
  }
  vec2 t=s/uRes;
  vec3 c=texture(uScene,uv).rgb*0.4+0.15*(texture(uScene,uv+vec2(t.x,t.y*0.4)).rgb+texture(uScene,uv+vec2(-t.x,-t.y*0.4)).rgb+texture(uScene,uv+vec2(-t.x*0.4,t.y)).rgb+texture(uScene,uv+vec2(t.x*0.4,-t.y)).rgb);
  c=c+texture(uGlareMap,uv).rgb*uGlare*(1.0-c*0.8);
  WHEN(uRainAmt>0.0){
    float acc=0.0;
    for(int i=0;i<3;i++){ float z=1.0+float(i)*0.8; vec2 q=vUv*vec2(70.0,3.2)*z; q.x+=q.y*(0.35+0.05*float(i)); q.y+=hash(vec2(floor(q.x),uFrame+float(i)*7.0))*9.0;
      vec2 id=floor(q); float h=hash(id+uFrame*0.37+float(i)); vec2 f=fract(q); acc+=step(0.86,h)*smoothstep(0.5,0.1,abs(f.x-0.5)*2.2)*smoothstep(0.0,0.3,f.y)*smoothstep(1.0,0.6,f.y)/z; }
    vec3 amb=textureLod(uScene,uv,5.0).rgb; c=mix(c,amb*1.12+0.02,clamp(acc*0.2*uRainAmt,0.0,0.5));
  }
  WHEN(uSnowAmt>0.0){
    float acc=0.0;
    for(int i=0;i<4;i++){ float z=6.0+float(i)*float(i)*5.0; vec2 q=vUv*vec2(uRes.x/uRes.y,1.0)*z; q+=vec2(hash(vec2(uFrame,float(i))),hash(vec2(uFrame,float(i)+5.0)))*31.0;
      vec2 id=floor(q); float h=hash(id+float(i)*3.1); vec2 f=fract(q)-0.5-(vec2(hash(id+1.0),hash(id+2.0))-0.5)*0.6; f=vec2(f.x+f.y*0.25,f.y*0.7);
      float r=0.03+0.05*hash(id+4.0); acc+=step(0.55,h)*smoothstep(r,r*0.35,length(f))*(0.9-0.12*float(i)); }
    vec3 amb=textureLod(uScene,uv,6.0).rgb; c=mix(c,amb*1.25+0.08,clamp(acc*uSnowAmt,0.0,0.75));
  }
  vec2 q=vUv-0.5;
  c*=1.0-uVignette*dot(q,q)*0.85;
  c=mix(c,c*c*(3.0-2.0*c),uContrast);
  float l=dot(c,vec3(0.299,0.587,0.114)); c=mix(vec3(l),c,uSat);
  vec2 px=vUv*uRes/512.0;
  float n1=texture(uNoise,px+uGrain.xy).g-0.5, n2=texture(uNoise,px*0.5+uGrain.zw).g-0.5;
  c+=uNoiseAmp*(1.35-l)*vec3(n1+n2*1.1,n1+n2*0.7,n1+n2*1.4);
  c=c*0.965+0.022;
  vec4 tx=texture(uText,vUv); c=mix(c,tx.rgb/max(tx.a,0.001),tx.a);
  outColor=vec4(clamp(c,0.0,1.0),1.0);
#endif
}`;

/** Light scattered in the lens, at a quarter of the size: the bright part of wide mips. */
export const GLARE_FRAGMENT = /* glsl */ `
precision highp float;
uniform sampler2D uScene; uniform vec2 uRes;
in vec2 vUv; layout(location=0) out vec4 outColor;
vec3 lit(vec2 uv,float l){ vec3 x=textureLod(uScene,uv,l).rgb; return max(-log(max(1.0-x*x,0.01))-1.3,0.0); }
void main(){
  vec2 t=1.0/uRes; vec3 gl=vec3(0);
  for(int i=0;i<4;i++){
    float l=1.5+float(i)*0.9, o=exp2(l)*0.75; vec3 g=vec3(0);
    g+=lit(vUv+vec2(o,o*0.4)*t,l)+lit(vUv+vec2(-o*0.4,o)*t,l)+lit(vUv+vec2(-o,-o*0.4)*t,l)+lit(vUv+vec2(o*0.4,-o)*t,l);
    gl+=g*0.25*(0.42-0.06*float(i));
  }
  outColor=vec4(gl,1.0);
}`;
